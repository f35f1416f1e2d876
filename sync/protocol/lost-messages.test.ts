import {expect, test} from '@jest/globals';
import {lossIn} from './lost-messages.ts';
import {readMessage} from './messages.ts';

const RECORD =
  '{"type":"RECORD","record":{"stream":"users","data":{"id":2,"name":"x"},"emitted_at":1}}';

test.each([
  ['NaN', RECORD.replace('2', 'NaN'), 'is not valid JSON'],
  ['Infinity', RECORD.replace('2', '-Infinity'), 'is not valid JSON'],
  ['quotes as Python prints them', RECORD.replaceAll('"', "'"), 'is not valid JSON'],
  ['no end', RECORD.slice(0, 40), 'is not valid JSON'],
  ['no beginning', RECORD.slice(40), 'is not valid JSON'],
  ['a tab inside', RECORD.replace('x', 'a\tb'), 'is not valid JSON'],
  ['text before it', `Loading … ${RECORD}`, 'is not valid JSON'],
  ['text after it', `${RECORD} done`, 'is not valid JSON'],
  ['another message after it', RECORD + RECORD, 'is not valid JSON'],
  ['a colour', `\u001b[32m${RECORD}\u001b[0m`, 'is not valid JSON'],
  ['a comma after it', `${RECORD},`, 'is not valid JSON'],
  ['NULs, as in UTF-16', [...RECORD].join('\0'), 'is not valid JSON'],
  ['brackets around it', `[${RECORD}]`, 'is not one JSON object'],
  ['quotes around it', JSON.stringify(RECORD), 'is not one JSON object'],
  ['no stream', RECORD.replace('"stream":"users",', ''), 'is a RECORD without what a RECORD needs'],
  [
    'a number for a stream',
    RECORD.replace('"users"', '7'),
    'is a RECORD without what a RECORD needs',
  ],
  ['no data', RECORD.replace('data', 'd'), 'is a RECORD without what a RECORD needs'],
  [
    'a list as data',
    RECORD.replace(/\{"id.*?\}/, '[1]'),
    'is a RECORD without what a RECORD needs',
  ],
  ['no record', '{"type":"RECORD"}', 'is a RECORD without what a RECORD needs'],
  [
    'the shape of Singer',
    '{"type":"RECORD","stream":"users","record":{"id":2}}',
    'is a RECORD without what a RECORD needs',
  ],
  ['another case', RECORD.replace('RECORD', 'record'), 'is a record without what a RECORD needs'],
  [
    'no type',
    RECORD.replace('"type":"RECORD",', ''),
    'holds a record or a state, but its type is not RECORD or STATE',
  ],
  [
    'a state without a stream',
    '{"type":"STATE","state":{"type":"STREAM","stream":{"stream_state":{"id":2}}}}',
    'is a STATE without what a STATE needs',
  ],
  [
    'a status without a stream',
    '{"type":"TRACE","trace":{"type":"STREAM_STATUS","emitted_at":1}}',
    'is a TRACE without what a TRACE needs',
  ],
  [
    'an error without a text',
    '{"type":"TRACE","trace":{"type":"ERROR","emitted_at":1,"error":{"message":""}}}',
    'is a TRACE without what a TRACE needs',
  ],
  [
    'a config that is missing',
    '{"type":"CONTROL","control":{}}',
    'is a CONTROL without what a CONTROL needs',
  ],
])('a message with %s may be lost', (_, line, reason) => {
  expect([readMessage(line), lossIn(line)]).toEqual([undefined, reason]);
});

test.each([
  '',
  'Loading plugins …',
  'Saved STATE of 3 records',
  '[WARN] (node:12) a warning',
  '{"level":30,"msg":"a line of a logger"}',
  '{"type":"LOG","log":{"level":"INFO"}}',
  '{"type":"SCHEMA","stream":"users","schema":{}}',
  '[]',
  'null',
])('%j is not taken for a lost message', (line) => {
  expect([readMessage(line), lossIn(line)]).toEqual([undefined, undefined]);
});
