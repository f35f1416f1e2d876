import {describe, expect, test} from '@jest/globals';
import {GET, items, pageThrough} from '../../../test/http/paging.ts';
import {nextUrl} from './next-url.ts';

const pageOf = (place: string, beside: object, request = GET) => {
  const answers = [{rows: items(2), ...beside}, {rows: items(1, 3)}];
  return pageThrough(
    {records: 'rows', next: nextUrl(place)},
    () => ({json: answers.shift()}),
    request,
  );
};

const PAGE = {...GET, url: new URL('https://api.test/v3/items?limit=2')};

describe('nextUrl', () => {
  test.each([
    ['https://api.test/items?page=2', '?page=2'],
    ['https://cdn.test/items?page=2', 'https://cdn.test?page=2'],
    ['/items?page=2', '?page=2'],
    ['more?page=2', '/v3/more?page=2'],
    ['?page=2', '/v3/items?page=2'],
    ['//cdn.test/items', 'https://cdn.test'],
  ])('follows %s', async (next, second) => {
    expect(await pageOf('next', {next}, PAGE)).toEqual({
      requests: ['/v3/items?limit=2', second],
      records: items(3),
    });
  });

  test.each([
    ['links.next', {links: {next: '?page=2'}}],
    ['@odata.nextLink', {'@odata.nextLink': '?page=2'}],
  ])('finds it at %s', async (place, beside) => {
    expect(await pageOf(place, beside)).toEqual({requests: ['', '?page=2'], records: items(3)});
  });

  test.each([[null], [''], [false], [0]])('ends at %j', async (next) => {
    expect(await pageOf('next', {next}, PAGE)).toEqual({
      requests: ['/v3/items?limit=2'],
      records: items(2),
    });
  });

  test('says so where the first page is full and has none', async () => {
    expect(await pageOf('next', {}, PAGE)).toEqual({
      requests: ['/v3/items?limit=2'],
      records: items(2),
      warnings: [
        'GET https://api.test/v3/items: the last page is a full one (2 records), but "next" in the body is missing, ' +
          "so records may be missing. Check `next` against the API's documentation.",
      ],
    });
  });

  test.each([
    ['a number', 2, 'a number'],
    ['an object', {href: '/items'}, 'an object'],
    ['a URL of another kind', 'mailto:a@b', 'another text'],
    ['half a URL', 'https://', 'another text'],
  ])('fails at %s', async (_what, next, told) => {
    expect(await pageOf('next', {next})).toEqual({
      requests: [''],
      records: items(2),
      failure:
        `SystemError: GET https://api.test/items: "next" in the body should be the URL of the next page, but is ` +
        `${told}. For a token use \`cursorIn\`.`,
    });
  });
});
