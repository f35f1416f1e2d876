import {describe, expect, test} from '@jest/globals';
import {readAll, serveBody} from '../../test/http/downloading.ts';
import {virtualClock} from '../testing/virtual-clock.ts';
import {type HttpClient, openHttpClient} from './client.ts';
import {xml} from './decode/xml.ts';
import {auto} from './paginate/auto.ts';
import {pageNumber} from './paginate/page-number.ts';

type ListOptions = NonNullable<Parameters<HttpClient['paginate']>[1]>;

const listed = async (origin: string, options: ListOptions): Promise<unknown> => {
  const {close, paginate} = openHttpClient(
    {baseUrl: origin},
    {signal: new AbortController().signal, clock: virtualClock(0), log: () => {}},
  );
  try {
    const pages = await Array.fromAsync(paginate('/export', options));
    return pages.flatMap(({records}) => records);
  } catch (error) {
    return String(error).replaceAll(origin, 'api');
  } finally {
    await close();
  }
};

/** The records or the error of a page and of a download. */
const both = async (
  body: string,
  options: {records?: string; withoutRecords?: 'error' | 'empty'; decode?: ReturnType<typeof xml>},
): Promise<readonly unknown[]> => {
  const origin = await serveBody(body);
  const {records, failure} = await readAll(origin, options);
  return [await listed(origin, options), failure ?? records];
};

describe('a list that is null', () => {
  test.each([
    ['{"items":null}', 'items'],
    ['{"items":null,"next":null,"total":0}', 'items'],
    ['{"data":{"items":null}}', 'data.items'],
    ['{"data":null}', 'data.items'],
    ['null', undefined],
    [' null ', 'items'],
    ['{"error":null,"items":null}', 'items'],
    ['{"errors":[],"items":null}', 'items'],
    ['{"error":"","success":true,"items":null}', 'items'],
    ['{"errors": { },"items":null}', 'items'],
  ])('has no records: %s at %s', async (body, records) => {
    expect(await both(body, {...(records !== undefined && {records})})).toEqual([[], []]);
  });

  test.each([
    ['{"items":null,"error":"over quota"}', 'items', ' It reports an error: over quota.'],
    ['{"errors":[{"message":"no"}],"data":null}', 'data.items', ' It reports an error: no.'],
  ])('is an error beside an error: %s at %s', async (body, records, reason) => {
    const [page, file] = await both(body, {records, withoutRecords: 'empty'});
    expect(page).toMatch(
      /^SystemError: GET api\/export: ".*" in the body should be a list of objects, but is (null|undefined)\./,
    );
    expect(page).toContain(reason);
    expect(file).toMatch(
      /^SystemError: GET api\/export: ".*" in the body should be a list of objects, but is null\./,
    );
  });

  test('ends the pages, and `auto` finds no records either', async () => {
    expect(
      await listed(await serveBody('{"items":null}'), {records: 'items', next: pageNumber()}),
    ).toEqual([]);
    expect(await listed(await serveBody('null'), {next: auto()})).toEqual([]);
  });

  test.each([
    ['{"items":{}}', 'is an object'],
    ['{"items":""}', 'is a string'],
    ['{"items":false}', 'is a boolean'],
    ['{"items":[null]}', 'is a list with other values'],
  ])('is not the same as %s, which is an error', async (body, kind) => {
    for (const result of await both(body, {records: 'items', withoutRecords: 'empty'})) {
      expect(result).toMatch(`"items" in the body should be a list of objects, but ${kind}.`);
    }
  });
});

describe('a list that is missing', () => {
  const cases: readonly (readonly [string, string, object])[] = [
    ['{}', 'items', {}],
    ['{"total":0}', 'items', {}],
    ['{"data":{}}', 'data.items', {}],
    ['{"data":[{}]}', 'data.*.items', {}],
    ['{"data":null}', 'data.*.items', {}],
    ['<feed/>', 'rss.item', {decode: xml()}],
  ];

  test.each(cases)(
    'is an error that names the option: %s at %s',
    async (body, records, options) => {
      for (const result of await both(body, {records, ...options})) {
        expect(result).toMatch(
          /but is undefined\..* If a missing list is an empty one, set `withoutRecords: 'empty'`\.$/,
        );
      }
    },
  );

  test.each(cases)('is empty with `withoutRecords`: %s at %s', async (body, records, options) => {
    const found = await both(body, {records, withoutRecords: 'empty', ...options});
    expect(found).toEqual([[], []]);
  });

  test('is an error beside an error', async () => {
    const results = await both('{"error":{"message":"over quota"}}', {
      records: 'items',
      withoutRecords: 'empty',
    });
    for (const result of results)
      expect(result).toMatch(/but is undefined\. The body has: error\./);
    expect(results[0]).toMatch(/It reports an error: over quota\./);
  });
});
