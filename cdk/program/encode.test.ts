import {describe, expect, test} from '@jest/globals';
import {parseExact} from '../json/exact.ts';
import type {JsonObject} from '../json/values.ts';
import type {AirbyteMessage} from '../protocol/generated/airbyte.ts';
import {
  connectionStatus,
  type Emission,
  errorTrace,
  logMessage,
  type RecordPage,
  stateMessage,
  streamStatus,
} from '../protocol/messages.ts';
import {parseMessages} from '../testing/protocol.ts';
import {encode} from './encode.ts';

const asItIs = (text: string): string => text;
const hush = (text: string): string => text.replaceAll('hush', '****');

const page = (records: readonly object[], stream: RecordPage['stream'] = {name: 'users'}) =>
  ({type: 'PAGE', stream, records, emittedAt: 1_767_225_600_000}) as const;

const encodedLines = (emission: Emission, redact = asItIs): string =>
  [...encode(emission, redact)].join('');

describe('a page', () => {
  test('is one RECORD per line, printed as by JSON.stringify', () => {
    const records = [
      {id: 1, name: 'Zoë 😀', tags: ['a', null], nested: {ratio: 0.5}},
      {id: 2, text: 'two\nlines, a "quote" and a \\'},
      {},
    ];
    const lines = records.map((data) =>
      JSON.stringify({
        type: 'RECORD',
        record: {stream: 'users', data, emitted_at: 1_767_225_600_000},
      }),
    );
    expect(encodedLines(page(records))).toBe(lines.map((line) => `${line}\n`).join(''));
  });

  test('is valid by the protocol, and has a namespace if the stream has one', () => {
    const stream = {name: 'the "users"', namespace: 'shop\n'};
    expect(parseMessages(encodedLines(page([{id: 1}], stream)))).toEqual([
      {
        type: 'RECORD',
        record: {
          stream: stream.name,
          namespace: stream.namespace,
          data: {id: 1},
          emitted_at: 1_767_225_600_000,
        },
      },
    ]);
  });

  test('has the changes of altered records, and no meta for the others', () => {
    const change = {
      field: 'the "price"\n',
      change: 'NULLED',
      reason: 'SOURCE_SERIALIZATION_ERROR',
    } as const;
    const altered = {
      ...page([{id: 1}, {id: 2, price: null}, {id: 3}]),
      changes: new Map([[1, [change]]]),
    };
    const record = (data: object) => ({stream: 'users', data, emitted_at: 1_767_225_600_000});
    expect(parseMessages(encodedLines(altered))).toEqual([
      {type: 'RECORD', record: record({id: 1})},
      {type: 'RECORD', record: {...record({id: 2, price: null}), meta: {changes: [change]}}},
      {type: 'RECORD', record: record({id: 3})},
    ]);
  });

  test('without records prints nothing', () => {
    expect([...encode(page([]), asItIs)]).toEqual([]);
  });

  test('prints values as JSON does: a Date as a string, NaN as null, undefined not at all', () => {
    const record = {at: new Date(0), not: NaN, more: Infinity, gone: undefined, list: [undefined]};
    expect(parseMessages(encodedLines(page([record])))).toEqual([
      {
        type: 'RECORD',
        record: {
          stream: 'users',
          data: {at: '1970-01-01T00:00:00.000Z', not: null, more: null, list: [null]},
          emitted_at: 1_767_225_600_000,
        },
      },
    ]);
  });

  test('is printed some lines at a time, so that memory does not grow with it', () => {
    const records = Array.from({length: 1000}, (_none, id) => ({id, text: 'x'.repeat(100)}));
    const batches = [...encode(page(records), asItIs)].map(String);

    expect(batches.length).toBeGreaterThan(10);
    expect(Math.max(...batches.map((batch) => batch.length))).toBeLessThan(20_000);
    expect(batches.every((batch) => batch.endsWith('}\n'))).toBe(true);
    expect(parseMessages(batches.join('')).map(({record}) => record?.data)).toEqual(records);
  });

  test('is never redacted: records are the user’s data', () => {
    expect(encodedLines(page([{message: 'hush'}]), hush)).toContain('"data":{"message":"hush"}');
  });
});

describe('a line', () => {
  const ODD = 'a\u0085b\u2028c\u2029d\re\nf\0g\ud800h';
  const BREAKS = '\u0085\u2028\u2029';
  const ESCAPED = 'a\\u0085b\\u2028c\\u2029d\\re\\nf\\u0000g\\ud800h';

  test.each([
    ['a RECORD', page([{[ODD]: ODD}])],
    ['a LOG', logMessage('INFO', ODD)],
    ['a STATE', stateMessage({name: ODD}, {cursor: ODD}, 1)],
  ])(
    'of %s holds nothing that a reader takes for the end of a line, and is parsed unchanged',
    (_kind, emission) => {
      const text = encodedLines(emission);
      expect(text).toContain(ESCAPED);
      const ends = [...text].filter((character) => character < ' ' || BREAKS.includes(character));
      expect(ends).toEqual(['\n']);
      expect(JSON.stringify(JSON.parse(text))).toContain(JSON.stringify(ODD).slice(1, -1));
    },
  );

  test('of a STATE keeps digits that exceed the precision of JavaScript', () => {
    const blob = parseExact<JsonObject>('{"search_after":[9007199254740993,"a"]}');
    expect(encodedLines(stateMessage({name: 'users'}, blob, 1))).toContain(
      '"stream_state":{"search_after":[9007199254740993,"a"]}',
    );
  });

  test('is valid UTF-8 even with half a surrogate pair', () => {
    const text = encodedLines(
      page([{half: '\ud83d', other: '\ude00\ud83d', whole: '\ud83d\ude00'}]),
    );
    expect(Buffer.from(text).toString()).toBe(text);
  });
});

describe('the free text of a message', () => {
  const trace = errorTrace(
    {
      type: 'config_error',
      message: 'No hush.',
      internalMessage: 'Error: hush',
      stack: 'at hush:1',
      stream: {name: 'hush'},
    },
    7,
  );

  test.each<[string, AirbyteMessage, AirbyteMessage]>([
    [
      'a LOG',
      logMessage('INFO', 'say hush', 'at hush:1'),
      logMessage('INFO', 'say ****', 'at ****:1'),
    ],
    [
      'a CONNECTION_STATUS',
      connectionStatus('FAILED', 'say hush'),
      connectionStatus('FAILED', 'say ****'),
    ],
    [
      'a TRACE ERROR, but not in the name of its stream',
      trace,
      errorTrace(
        {
          type: 'config_error',
          message: 'No ****.',
          internalMessage: 'Error: ****',
          stack: 'at ****:1',
          stream: {name: 'hush'},
        },
        7,
      ),
    ],
  ])('is redacted in %s', (_kind, message, expected) => {
    expect(parseMessages(encodedLines(message, hush))).toEqual([expected]);
  });

  test.each<[string, AirbyteMessage]>([
    ['a STATE', stateMessage({name: 'hush'}, {cursor: 'hush', message: 'hush'}, 1)],
    ['a TRACE STREAM_STATUS', streamStatus({name: 'hush'}, 'STARTED', 7)],
    [
      'a CATALOG',
      {
        type: 'CATALOG',
        catalog: {
          streams: [
            {name: 'hush', json_schema: {message: 'hush'}, supported_sync_modes: ['full_refresh']},
          ],
        },
      },
    ],
    ['a SPEC', {type: 'SPEC', spec: {connectionSpecification: {message: 'hush'}}}],
  ])('is not redacted in %s', (_kind, message) => {
    expect(parseMessages(encodedLines(message, hush))).toEqual([message]);
  });

  test('is all that is redacted: a secret that equals a level or a type changes neither', () => {
    const mask = (text: string): string => text.replaceAll(/ERROR|FAILED|config_error/g, '****');
    const messages = [
      logMessage('ERROR', 'ERROR'),
      connectionStatus('FAILED', 'FAILED'),
      errorTrace({type: 'config_error', message: 'config_error'}, 7),
    ];
    const text = messages.map((message) => encodedLines(message, mask)).join('');
    expect(parseMessages(text)).toEqual([
      logMessage('ERROR', '****'),
      connectionStatus('FAILED', '****'),
      errorTrace({type: 'config_error', message: '****'}, 7),
    ]);
  });

  test('is redacted before it is escaped, so that a secret of many lines is found', () => {
    const mask = (text: string): string => text.replaceAll('one\n"two"', '****');
    expect(encodedLines(logMessage('INFO', 'key: one\n"two"'), mask)).toBe(
      '{"type":"LOG","log":{"level":"INFO","message":"key: ****"}}\n',
    );
  });

  test('is redacted in a copy of the message', () => {
    const message = logMessage('INFO', 'hush');
    encodedLines(message, hush);
    expect(message).toEqual(logMessage('INFO', 'hush'));
  });
});
