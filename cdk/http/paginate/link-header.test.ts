import {describe, expect, test} from '@jest/globals';
import {linkHeader} from './link-header.ts';

const URL_OF_PAGE = 'https://api.test/v3/items?page=1';

const nextOf = (headers: Readonly<Record<string, string>>, url = URL_OF_PAGE) =>
  linkHeader()({
    response: {status: 200, headers, body: Buffer.alloc(0), url: new URL(url)},
    json: [],
    records: [],
  })?.href;

const NEXT = 'https://api.test/v3/items?page=2';

describe('a Link header', () => {
  test.each([
    ['alone', `<${NEXT}>; rel="next"`],
    ['before others', `<${NEXT}>; rel="next", <https://api.test/v3/items?page=9>; rel="last"`],
    ['behind others', `<https://api.test/v3/items?page=9>; rel="last", <${NEXT}>; rel="next"`],
    ['without spaces', `<https://api.test/last>;rel="last",<${NEXT}>;rel="next"`],
    ['with many spaces', `  < ${NEXT} >  ;  rel  =  "next"  `],
    ['in a list of relations', `<${NEXT}>; rel="last next"`],
    ['in a list of relations in bare words', `<https://api.test/x>; rel=last, <${NEXT}>; rel=next`],
    ['in upper case', `<${NEXT}>; REL="NEXT"`],
    ['behind other parameters', `<${NEXT}>; type="application/json"; title="More"; rel="next"`],
    ['before other parameters', `<${NEXT}>; rel="next"; results="true"`],
    ['behind a parameter without a value', `<${NEXT}>; preload; rel="next"`],
    ['behind a parameter without a name', `<${NEXT}>;; rel="next"`],
    ['behind separators in quotes', `<${NEXT}>; title="a, b; c"; rel="next"`],
    ['behind quotes in quotes', `<${NEXT}>; title="the \\"next\\" one"; rel="next"`],
    ['behind angle brackets in quotes', `<${NEXT}>; title="<none>"; rel="next"`],
    ['next to a link without relation', `<https://api.test/x>, <${NEXT}>; rel="next"`],
  ])('names the next page %s', (_form, link) => {
    expect(nextOf({link})).toBe(NEXT);
  });

  test.each([
    ['https://api.test/v3/items?ids=1,2,3&page=2'],
    ['https://api.test/v3/items;v=1?page=2;rel=last'],
    ['https://api.test/v3/items?after=Y3Vyc29yOnYyOpK0=='],
    ['https://other.test/repositories/1/items?page=2'],
  ])('names %s, as it stands', (target) => {
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
    ['a relation that only begins so', `<${NEXT}>; rel="next-archive"`],
    ['a relation that only ends so', `<${NEXT}>; rel="prev-next"`],
    ['another parameter of that value', `<${NEXT}>; title="next"`],
    ['a relation inside a quoted value', `<${NEXT}>; title="x; rel=next"; rel="last"`],
    ['another parameter whose name ends so', `<${NEXT}>; norel="next"`],
    ['an empty relation', `<${NEXT}>; rel=""`],
    ['a relation without a target', 'rel="next"'],
    ['nothing', ''],
    ['garbage', '<<>>;;,,"='],
  ])('of %s names none', (_what, link) => {
    expect(nextOf({link})).toBeUndefined();
  });

  test('that is missing names none', () => {
    expect(nextOf({})).toBeUndefined();
  });

  test.each([
    ['<'.repeat(15_000)],
    [`<x>;${' '.repeat(15_000)}`],
    [`<x>; ${'a'.repeat(15_000)}`],
    [`<x>; a="${'\\'.repeat(15_000)}`],
    ['a '.repeat(7_500)],
    [`<x>; rel=${'"'.repeat(15_000)}`],
  ])('is read quickly, whatever it holds', (link) => {
    const before = performance.now();
    nextOf({link});
    expect(performance.now() - before).toBeLessThan(500);
  });
});
