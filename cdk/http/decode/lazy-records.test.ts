import {expect, test} from '@jest/globals';
import {runProgram} from '../../../test/e2e/run-program.ts';
import {pageWith, rawRecordsOf, splitJson} from './lazy-records.ts';

const open = (text: string, path: string) => {
  const split = splitJson<{id: number}>(Buffer.from(text), path);
  if (split === undefined) throw new Error('It was not split.');
  return split;
};

const TEXT = '{"next":2,"data":{"items":[{"id":1},{"id":2}]}}';
const RECORDS = [{id: 1}, {id: 2}];

test('a document and its page share one list, which is parsed once', () => {
  const {document, records} = open(TEXT, 'data.items');
  const page = pageWith(records, {bytes: TEXT.length});

  expect(rawRecordsOf(page)).toMatchObject({bounds: [27, 35, 36, 44]});
  expect(document).toEqual({next: 2, data: {items: RECORDS}});
  expect(page.records).toEqual(RECORDS);
  expect(document).toHaveProperty('data.items', page.records);
  expect(rawRecordsOf(page)).toBeUndefined();
});

test('copies of a page and of a document have the records and no internal fields', () => {
  const {document, records} = open(TEXT, 'data.items');
  const copy = {...pageWith(records, {bytes: 1})};

  expect(Reflect.ownKeys(copy)).toEqual(['bytes', 'records']);
  expect(copy.records).toEqual(RECORDS);
  expect(structuredClone(document)).toEqual({next: 2, data: {items: RECORDS}});
});

test('a list in a document can be replaced', () => {
  const {document} = open('{"items":[{"id":1}]}', 'items');

  expect(Object.assign(Object(document), {items: []})).toEqual({items: []});
});

/** Opens pages and drops them, with a little other garbage; prints the peak size of all buffers in megabytes. */
const PAGES = `
import {pageWith, splitJson} from ${JSON.stringify(import.meta.resolve('./lazy-records.ts'))};
const record = JSON.stringify({id: 1, text: 'x'.repeat(1_000)});
const text = Buffer.from('{"data":[' + Array(100).fill(record).join(',') + ']}');
let most = 0;
for (let page = 0; page < 600; page += 1) {
  const body = Buffer.allocUnsafeSlow(text.length);
  text.copy(body);
  const {document, records} = splitJson(body, 'data');
  pageWith(records, {document});
  Array.from({length: 1_000}, (_none, id) => ({id}));
  await null;
  most = Math.max(most, process.memoryUsage().arrayBuffers);
}
console.log(Math.round(most / 1e6));
`;

test('bodies are freed by minor collections, without one of the whole heap', async () => {
  const {status, stdout} = await runProgram(process.execPath, [
    '--max-semi-space-size=1',
    '--input-type=module',
    '--eval',
    PAGES,
  ]);

  expect(status).toBe(0);
  expect(Number(stdout)).toBeLessThan(15);
});
