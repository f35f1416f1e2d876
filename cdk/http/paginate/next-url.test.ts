import {describe, expect, test} from '@jest/globals';
import {GET, items, pageThrough} from '../../../test/http/paging.ts';
import {nextUrl} from './next-url.ts';

const pageOf = (path: string, fields: object, request = GET) => {
  const pages = [{rows: items(2), ...fields}, {rows: items(1, 3)}];
  return pageThrough(
    {records: 'rows', next: nextUrl(path)},
    () => ({json: pages.shift()}),
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
  ])('finds the URL at %s', async (path, fields) => {
    expect(await pageOf(path, fields)).toEqual({requests: ['', '?page=2'], records: items(3)});
  });

  test.each([[null], [''], [false], [0]])('ends at %j', async (next) => {
    expect(await pageOf('next', {next}, PAGE)).toEqual({
      requests: ['/v3/items?limit=2'],
      records: items(2),
    });
  });

  test('warns if the first page is full and has no URL', async () => {
    expect(await pageOf('next', {}, PAGE)).toEqual({
      requests: ['/v3/items?limit=2'],
      records: items(2),
      warnings: [
        'GET https://api.test/v3/items: the last page is full (2 records), but "next" in the body is missing, ' +
          "so records may be missing. Check `next` against the API's documentation.",
      ],
    });
  });

  test.each([
    ['a number', 2, 'a number'],
    ['an object', {href: '/items'}, 'an object'],
    ['a URL with another scheme', 'mailto:a@b', 'another string'],
    ['an incomplete URL', 'https://', 'another string'],
  ])('fails for %s', async (_what, next, kind) => {
    expect(await pageOf('next', {next})).toEqual({
      requests: [''],
      records: items(2),
      failure:
        `SystemError: GET https://api.test/items: "next" in the body should be the URL of the next page, but is ` +
        `${kind}. For a token use \`cursorIn\`.`,
    });
  });

  test('ends at an empty page whose URL is its own', async () => {
    const pages = [items(2), []];
    const api = () => ({json: {rows: pages.shift(), next: '?page=2'}});
    expect(await pageThrough({records: 'rows', next: nextUrl('next')}, api)).toEqual({
      requests: ['', '?page=2'],
      records: items(2),
    });
  });

  test('fails at a page with records whose URL is its own, and says how to name the last page', async () => {
    const pages = [items(2), items(1, 3)];
    const api = () => ({json: {rows: pages.shift(), next: '?page=2'}});
    expect(await pageThrough({records: 'rows', next: nextUrl('next')}, api)).toEqual({
      requests: ['', '?page=2'],
      records: items(3),
      failure:
        'SystemError: https://api.test/items: pagination loops: the next page was already fetched. The records up to here ' +
        'were read. If the last of these pages is the end of the list, name what marks it: set `more` or `last` of the ' +
        "paginator, or `stop`. Else report this to the API's owner.",
    });
  });
});
