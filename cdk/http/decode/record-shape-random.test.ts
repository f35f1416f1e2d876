// A page, a file that comes in pieces, and a plain path must find the same records, or fail alike.
import {expect, test} from '@jest/globals';
import fc from 'fast-check';
import {fuzz} from '../../../test/cases.ts';
import {parseExact, printExact} from '../../json/exact.ts';
import {json} from './json.ts';
import {type RecordsShape, shapedRecords} from './record-shape.ts';
import {assertRecords, recordsAtPath} from './records-in-document.ts';

const SCALARS = [
  '1',
  '12345678901234567',
  '"x"',
  'null',
  'true',
  '0.12345678901234567',
  '[]',
  '{}',
];

const bodies = fc.letrec<{value: string}>((tie) => ({
  value: fc.oneof(
    {depthSize: 'small'},
    fc.constantFrom(...SCALARS),
    fc.array(tie('value'), {maxLength: 3}).map((values) => `[${values.join(', ')}]`),
    fc
      .uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'id'), tie('value')), {
        maxLength: 3,
        selector: ([key]) => key,
      })
      .map((fields) => `{${fields.map(([key, value]) => `"${key}":${value}`).join(' ,')}}`),
  ),
})).value;

const paths = fc
  .array(fc.constantFrom('a', 'b', '*', '*'), {minLength: 1, maxLength: 4})
  .map((parts) => parts.join('.'));

/** The options that may be set at a path. */
const shapesAt = (path: string): readonly RecordsShape[] => {
  const parts = path.split('.');
  const stars = parts.filter((part) => part === '*');
  const parent = parts.slice(0, parts.lastIndexOf('*') + 1);
  return [
    {path},
    {path, wrap: 'w'},
    {path, keyFields: stars.map((_star, index) => `k${index}`)},
    ...(parent.length === 0
      ? []
      : [{path, parentFields: {p: [...parent, 'id'].join('.')}, withoutField: 'null'} as const]),
  ];
};

async function* pieces(body: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(body);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** The records in JSON, or the error up to what only one of the two knows. */
const resultOf = async (read: () => Promise<readonly object[]>): Promise<string> => {
  try {
    return printExact(await read());
  } catch (error) {
    return String(error).replace(/ but is .*/, '');
  }
};

test('a shape finds the same records in a document and in its pieces, and no others than a path', async () => {
  const where = 'GET x';
  const withoutRecords = fc.constantFrom('empty' as const, 'error' as const);
  const size = fc.integer({min: 1, max: 9});
  await fc.assert(
    fc.asyncProperty(bodies, paths, withoutRecords, size, async (body, path, without, length) => {
      const document = parseExact<unknown>(body);
      const found = recordsAtPath(document, path);
      const about = {where, path, withoutRecords: without};
      const results = shapesAt(path).map(async (shape) => {
        const isMissing = found === undefined;
        const inPage = await resultOf(async () =>
          shapedRecords(document, {...about, shape, isMissing}),
        );
        const options = {...about, records: path, shape, contentType: undefined, limit: 1_000};
        const inFile = await resultOf(async () =>
          (await Array.fromAsync(json().stream(pieces(body, length), options))).flatMap(
            ({records}) => records,
          ),
        );
        expect([shape, inFile]).toEqual([shape, inPage]);
        return inPage;
      });
      const [unchanged] = await Promise.all(results);
      expect(unchanged).toBe(
        await resultOf(async () => assertRecords({...about, found, document})),
      );
    }),
    fuzz({quick: 300, full: 20_000}),
  );
});
