import {describe, expect, test} from '@jest/globals';
import {GET, items, pageThrough} from '../../../test/http/paging.ts';
import {SystemError} from '../../errors.ts';
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
    ['in single quotes', `<${NEXT}>; rel='next'`],
    ['in single quotes, after others', `<https://api.test/x>; rel='last', <${NEXT}>; rel='next'`],
    ['in single quotes, in a list', `<${NEXT}>; rel='last next'`],
    ['in single quotes, after separators', `<${NEXT}>; title='a, b; c'; rel='next'`],
    ['in a list without quotes', `<${NEXT}>; rel=last next`],
    ['in escaped quotes', `<${NEXT}>; rel=\\"next\\"`],
    ['in typographic quotes', `<${NEXT}>; rel=\u00e2\u0080\u009cnext\u00e2\u0080\u009d`],
    [
      'after the rel of another link in the same quotes',
      `<https://api.test/x>; rel="prev"; <${NEXT}>; rel="next"`,
    ],
    ['without a semicolon', `<${NEXT}> rel="next"`],
    ['before a semicolon at the end', `<${NEXT}>; rel="next";`],
    ['after empty list elements', `, , <${NEXT}>; rel="next", ,`],
    ['after tabs', `<${NEXT}>\t;\trel="next"`],
    ['as a URI', `<${NEXT}>; rel="http://www.iana.org/assignments/relation/next"`],
    [
      'as a URI of the newer registry',
      `<${NEXT}>; rel="https://www.iana.org/assignments/link-relations/next"`,
    ],
    ['after an encoded title', `<${NEXT}>; title*=UTF-8'de'n%c3%a4chstes; rel="next"`],
    ['as the first of two relations', `<${NEXT}>; rel="next"; rel="last"`],
    ['with a target without brackets', `${NEXT}; rel="next"`],
    ['with such a target after another', `https://api.test/x; rel="last", ${NEXT}; rel="next"`],
    ['with a target whose bracket is not closed', `<${NEXT}; rel="next"`],
    ['with an anchor that is the page itself', `<${NEXT}>; rel="next"; anchor="/v3/items?page=1"`],
    ['after garbage', `garbage; x, <${NEXT}>; rel="next"`],
    ['of a page that has results', `<${NEXT}>; rel="next"; results="true"; cursor="0:100:0"`],
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
    ['a second relation', `<${NEXT}>; rel="last"; rel="next"`],
    ['the reverse relation', `<${NEXT}>; rev="next"`],
    ['a relation after a comma', `<${NEXT}>; rel="last", rel="next"`],
    ['a relation after garbage', `<${NEXT}>; rel="last", garbage; rel="next"`],
    ['a link of another resource', `<${NEXT}>; rel="next"; anchor="https://api.test/other"`],
    ['a next page without results', `<${NEXT}>; rel="next"; results="false"; cursor="0:100:0"`],
    ['an empty target', '<>; rel="next"'],
    ['nothing', ''],
    ['garbage', '<<>>;;,,"='],
  ])('with %s names no next page', (_what, link) => {
    expect(nextOf({link})).toBeUndefined();
  });

  test.each([['javascript:void(0)'], ['https://[api.test/items'], ['mailto:a@api.test']])(
    'with the next page %s is an error',
    (target) => {
      expect(() => nextOf({link: `<${target}>; rel="next"`})).toThrow(
        new SystemError(
          `GET https://api.test/v3/items: the Link header's next page should be a URL, but is ${JSON.stringify(target)}. Report this to the API's owner.`,
        ),
      );
    },
  );

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
    [`<x>; rel=${"'".repeat(15_000)}`],
    [`<x>; rel=${'\\"'.repeat(15_000)}`],
    [`<x>; rel=${' next'.repeat(15_000)}`],
    [`<x>; rel="${'.'.repeat(15_000)}"`],
    [`<x>; rel="${'a '.repeat(15_000)}"`],
    ['https://'.repeat(15_000)],
    [`${'a'.repeat(15_000)} `.repeat(10)],
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

  const NEXT_URL = 'https://api.test/items?page=2';

  test.each([
    ['a second relation', `<${NEXT_URL}>; rel="last"; rel="next"`],
    ['a relation after a comma', `<${NEXT_URL}>; rel="last", rel="next"`],
    ['a relation without a target', 'rel="next"'],
    ['an encoded relation', `<${NEXT_URL}>; rel*=UTF-8''next`],
    ['a relation without `rel`', `<${NEXT_URL}>; next`],
    ['a name for a relation', `<${NEXT_URL}>; "next"`],
    ['a colon', `<${NEXT_URL}>; rel:"next"`],
    ['entities', `&lt;${NEXT_URL}&gt;; rel=&quot;next&quot;`],
    ['another context', `<${NEXT_URL}>; rel="next"; anchor="/other"`],
    ['JSON', `{"next":"/items?page=2"}`],
  ])('causes a warning if it may name a next page: %s', async (_form, link) => {
    expect(await read(1, link)).toEqual({
      requests: ['?per_page=2'],
      records: items(1, 9),
      warnings: [
        `GET https://api.test/items: the Link header has the word "next" in a form that is not understood: ${JSON.stringify(link)}, so records may be missing. Check \`next\` against the API's documentation.`,
      ],
    });
  });

  test.each([
    ['a title', '<?page=1>; rel="first"; title="next"'],
    ['a target', '</next?page=next>; rel="first"'],
    ['another relation', '<?page=3>; rel="next-archive"'],
    ['the reverse relation', '<?page=1>; rev="next"'],
    ['no results', '<?page=3>; rel="next"; results="false"'],
    ['another word', '<?page=3>; nextval; x=nexus'],
  ])('is complete if "next" is only in %s', async (_where, link) => {
    expect(await read(1, link)).toEqual({requests: ['?per_page=2'], records: items(1, 9)});
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
