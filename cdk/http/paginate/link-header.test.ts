import {describe, expect, test} from '@jest/globals';
import {GET, items, pageThrough} from '../../../test/http/paging.ts';
import {linkHeader} from './link-header.ts';

const URL_OF_PAGE = 'https://api.test/v3/items?page=1';

const nextOf = (headers: Readonly<Record<string, string>>, url = URL_OF_PAGE) =>
  linkHeader().next({
    request: {...GET, url: new URL(URL_OF_PAGE)},
    response: {status: 200, headers, body: Buffer.alloc(0), url: new URL(url)},
    json: [],
    records: [],
    index: 0,
    firstSize: 0,
    seen: 0,
    counted: undefined,
  })?.url?.href;

const NEXT = 'https://api.test/v3/items?page=2';

describe('a Link header', () => {
  test.each([
    ['alone', `<${NEXT}>; rel="next"`],
    ['before others', `<${NEXT}>; rel="next", <https://api.test/v3/items?page=9>; rel="last"`],
    ['after others', `<https://api.test/v3/items?page=9>; rel="last", <${NEXT}>; rel="next"`],
    ['without spaces', `<https://api.test/last>;rel="last",<${NEXT}>;rel="next"`],
    ['with many spaces', `  < ${NEXT} >  ;  rel  =  "next"  `],
    ['in a list of relations', `<${NEXT}>; rel="last next"`],
    ['without quotes', `<https://api.test/x>; rel=last, <${NEXT}>; rel=next`],
    ['in upper case', `<${NEXT}>; REL="NEXT"`],
    ['after other parameters', `<${NEXT}>; type="application/json"; title="More"; rel="next"`],
    ['before other parameters', `<${NEXT}>; rel="next"; results="true"`],
    ['after a parameter without a value', `<${NEXT}>; preload; rel="next"`],
    ['after a parameter without a name', `<${NEXT}>;; rel="next"`],
    ['after separators in quotes', `<${NEXT}>; title="a, b; c"; rel="next"`],
    ['after quotes in quotes', `<${NEXT}>; title="the \\"next\\" one"; rel="next"`],
    ['after angle brackets in quotes', `<${NEXT}>; title="<none>"; rel="next"`],
    ['next to a link without relation', `<https://api.test/x>, <${NEXT}>; rel="next"`],
  ])('names the next page %s', (_form, link) => {
    expect(nextOf({link})).toBe(NEXT);
  });

  test.each([
    ['https://api.test/v3/items?ids=1,2,3&page=2'],
    ['https://api.test/v3/items;v=1?page=2;rel=last'],
    ['https://api.test/v3/items?after=Y3Vyc29yOnYyOpK0=='],
    ['https://other.test/repositories/1/items?page=2'],
  ])('names %s unchanged', (target) => {
    expect(nextOf({link: `<${target}>; rel="next"`})).toBe(target);
  });

  test.each([
    ['/v3/items?page=2', 'https://api.test/v3/items?page=2'],
    ['items?page=2', 'https://api.test/v3/items?page=2'],
    ['?page=2', 'https://api.test/v3/items?page=2'],
    ['//cdn.test/items', 'https://cdn.test/items'],
  ])("resolves the target %s against the page's own URL", (target, expected) => {
    expect(nextOf({link: `<${target}>; rel="next"`})).toBe(expected);
  });

  test('resolves against the URL that a redirect led to', () => {
    expect(nextOf({link: '<?page=2>; rel="next"'}, 'https://api.test/moved/items')).toBe(
      'https://api.test/moved/items?page=2',
    );
  });

  test.each([
    ['other relations', `<${NEXT}>; rel="prev", <https://api.test/x>; rel="first"`],
    ['a relation that only begins with next', `<${NEXT}>; rel="next-archive"`],
    ['a relation that only ends with next', `<${NEXT}>; rel="prev-next"`],
    ['another parameter with that value', `<${NEXT}>; title="next"`],
    ['a relation inside a quoted value', `<${NEXT}>; title="x; rel=next"; rel="last"`],
    ['another parameter whose name ends with rel', `<${NEXT}>; norel="next"`],
    ['an empty relation', `<${NEXT}>; rel=""`],
    ['a relation without a target', 'rel="next"'],
    ['nothing', ''],
    ['garbage', '<<>>;;,,"='],
  ])('with %s names no next page', (_what, link) => {
    expect(nextOf({link})).toBeUndefined();
  });

  test('that is missing names no next page', () => {
    expect(nextOf({})).toBeUndefined();
  });

  test.each([
    ['<'.repeat(15_000)],
    [`<x>;${' '.repeat(15_000)}`],
    [`<x>; ${'a'.repeat(15_000)}`],
    [`<x>; a="${'\\'.repeat(15_000)}`],
    ['a '.repeat(7_500)],
    [`<x>; rel=${'"'.repeat(15_000)}`],
  ])('is read quickly, whatever its content', (link) => {
    const before = performance.now();
    nextOf({link});
    expect(performance.now() - before).toBeLessThan(500);
  });
});

describe('a list that ends without a next link', () => {
  const LIST = {...GET, url: new URL('https://api.test/items?per_page=2')};
  const read = (count: number, ...links: string[]) =>
    pageThrough(
      {next: linkHeader()},
      () => {
        const link = links.shift();
        return {json: items(count, 9 - links.length), headers: link === undefined ? {} : {link}};
      },
      LIST,
    );

  test.each([
    ['if its page is not full', 1, undefined],
    ['if its page links elsewhere', 2, '<?page=1>; rel="first"'],
  ])('is complete %s', async (_what, count, link) => {
    expect(await (link === undefined ? read(count) : read(count, link))).toEqual({
      requests: ['?per_page=2'],
      records: items(count, 9),
    });
  });

  test('causes a warning if its first page is full and has no Link header, which a proxy may drop', async () => {
    expect(await read(2)).toEqual({
      requests: ['?per_page=2'],
      records: items(2, 9),
      warnings: [
        'GET https://api.test/items: the last page is full (2 records), but the response has no Link header, so ' +
          "records may be missing. Check `next` against the API's documentation.",
      ],
    });
  });
});
