import {expect, test} from '@jest/globals';
import fc from 'fast-check';
import {readMessage} from './messages.ts';
import {openRecordReader} from './record-line.ts';

const read = (line: string | Buffer) => openRecordReader()(Buffer.from(line));

/** The stream and the bytes of a record, for a comparison. */
const parts = (message: ReturnType<typeof readMessage>) =>
  message?.type === 'RECORD' ? [message.stream, message.data.toString()] : message;

test.each([
  ['of the kit', '{"type":"RECORD","record":{"stream":"a","data":{"id":1},"emitted_at":1}}'],
  [
    'of the Python CDK',
    '{"type": "RECORD", "record": {"stream": "a", "data": {"id":1}, "emitted_at": 1}}',
  ],
  [
    'with its type last',
    '{"record":{"data":{"id":1},"stream":"a","emitted_at":1},"type":"RECORD"}',
  ],
  [
    'with other parts, and nulls',
    '{"type":"RECORD","log":null,"record":{"namespace":null,"stream":"a","meta":{"changes":[]},"data":{"id":1}}}',
  ],
  ['with spaces at its end', '{"type":"RECORD","record":{"stream":"a","data":{"id":1}}} \r'],
])('the bytes of a record are found in a line %s', (_, line) => {
  expect(parts(read(line))).toEqual([{name: 'a'}, '{"id":1}']);
});

test('the bytes of a record stay as they came: digits, escapes, spaces and the order of fields', () => {
  const data = '{"b": 1.50, "a":12345678901234567890,"c":"\\u00e9\\/","2":[ 1e5,-0 ],"1":{}}';
  const line = `{"type":"RECORD","record":{"stream":"a","namespace":"n","data":${data}}}`;
  expect(parts(read(line))).toEqual([{name: 'a', namespace: 'n'}, data]);
});

test('the name of a stream may have escapes', () => {
  const line = '{"type":"RECORD","record":{"stream":"\\u00e4\\"","namespace":"","data":{}}}';
  expect(parts(read(line))).toEqual([{name: 'ä"'}, '{}']);
});

test('records of a stream share its descriptor, and those of another namespace have another', () => {
  const reader = openRecordReader();
  const of = (more: string) =>
    reader(Buffer.from(`{"type":"RECORD","record":{"stream":"a"${more},"data":{"id":1}}}`))?.stream;
  const [one, same, other] = [of(''), of(''), of(',"namespace":"n"')];
  expect([one === same, one === other, other]).toEqual([true, false, {name: 'a', namespace: 'n'}]);
});

const RECORD = '{"type":"RECORD","record":{"stream":"a","data":{"id":1,"name":"x"}}}';

test.each([
  ['is a state with a record', '{"type":"STATE","record":{"stream":"a","data":{}}}'],
  ['is text', 'Loading …'],
  ['is empty', ''],
  ['is a list', `[${RECORD}]`],
  ['has a byte order mark', `\uFEFF${RECORD}`],
  ['begins with a space', ` ${RECORD}`],
  ['has text after it', `${RECORD}x`],
  ['has another message after it', RECORD + RECORD],
  ['is cut', RECORD.slice(0, -1)],
  ['has NaN', RECORD.replace('1', 'NaN')],
  ['has a tab in a string', RECORD.replace('x', '\t')],
  ['has a comma too many', RECORD.replace('"x"', '"x",')],
  ['has no stream', RECORD.replace('"stream":"a",', '')],
  ['has a stream that is a number', RECORD.replace('"a"', '7')],
  ['has no data', RECORD.replace('data', 'd')],
  ['has a list as data', RECORD.replace(/\{"id.*?\}/, '[1]')],
  ['has null as data', RECORD.replace(/\{"id.*?\}/, 'null')],
  ['has null as its record', '{"type":"RECORD","record":null}'],
  ['has two records', RECORD.replace('"record"', '"record":{},"record"')],
  ['has two types', RECORD.replace('"type"', '"type":"RECORD","type"')],
  ['has two streams', RECORD.replace('"stream"', '"stream":"b","stream"')],
  ['has two data', RECORD.replace('"data"', '"data":{},"data"')],
  ['has a key with an escape', RECORD.replace('"data"', '"d\\u0061ta"')],
  ['has a field twice', RECORD.replace('"name"', '"id"')],
  ['has a field twice, once with an escape', RECORD.replace('"name"', '"\\u0069d"')],
])('a line that %s is left to the parser', (_, line) => {
  expect(read(line)).toBeUndefined();
});

test('a field twice is found after records with the same fields', () => {
  const reader = openRecordReader();
  const lines = [
    RECORD,
    RECORD,
    RECORD.replace('"name"', '"id"'),
    RECORD,
    RECORD.replace('"name"', '"b"'),
  ];
  expect(lines.map((line) => reader(Buffer.from(line)) !== undefined)).toEqual([
    true,
    true,
    false,
    true,
    true,
  ]);
});

test('the bytes of any record are what the parser finds', () => {
  const reader = openRecordReader();
  const arbitrary = fc.record({
    data: fc.dictionary(fc.string({unit: 'binary'}), fc.jsonValue()),
    stream: fc.string(),
    namespace: fc.option(fc.string()),
    indent: fc.constantFrom(0, 1),
    first: fc.boolean(),
  });
  fc.assert(
    fc.property(arbitrary, ({data, stream, namespace, indent, first}) => {
      const record = first ? {stream, namespace, data} : {data, emitted_at: 1, namespace, stream};
      const message = first ? {type: 'RECORD', record} : {record, type: 'RECORD'};
      const line = JSON.stringify(message, undefined, indent).replaceAll('\n', ' ');
      const found = reader(Buffer.from(line));
      const parsed = readMessage(line);
      if (found === undefined || parsed?.type !== 'RECORD') {
        // Only an escaped field name is left to the parser.
        expect(JSON.stringify(Object.keys(data))).toContain('\\');
        return;
      }
      expect(found.stream).toEqual(parsed.stream);
      expect(JSON.parse(found.data.toString())).toEqual(JSON.parse(parsed.data.toString()));
    }),
  );
});
