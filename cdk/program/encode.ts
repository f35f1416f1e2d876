import {printExact} from '../json/exact.ts';
import {countOf, endOf, type RawRecords, startOf} from '../json/raw-records.ts';
import type {AirbyteMessage} from '../protocol/generated/airbyte.ts';
import type {Emission, RecordPage} from '../protocol/messages.ts';

// Legal inside JSON, but some readers end a line there, such as Python's str.splitlines() in Meltano's tap.
const LINE_BREAKS = /[\u0085\u2028\u2029]/g;

/** Faster than LINE_BREAKS, which takes a tenth of the time of small records; hardly any line has one. */
const hasLineBreak = (line: string): boolean =>
  line.includes('\u0085') || line.includes('\u2028') || line.includes('\u2029');

const escapeLineBreaks = (line: string): string =>
  hasLineBreak(line)
    ? line.replace(
        LINE_BREAKS,
        (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
      )
    : line;

type Redact = (text: string) => string;

/** Fields with free text. The others are names and enums, which may equal a secret by chance. */
const FREE_TEXT = new Set(['message', 'internal_message', 'stack_trace']);

/** Redacts the free text of a message. Records and states are never redacted. */
const redacted = (message: AirbyteMessage, redact: Redact): AirbyteMessage => {
  const replacer = (key: string, value: unknown) =>
    typeof value === 'string' && FREE_TEXT.has(key) ? redact(value) : value;
  const mask = <T>(part: T): T => JSON.parse(JSON.stringify(part, replacer));
  const {log, trace, connectionStatus} = message;
  return {
    ...message,
    ...(log && {log: mask(log)}),
    ...(trace?.error && {trace: {...trace, error: mask(trace.error)}}),
    ...(connectionStatus && {connectionStatus: mask(connectionStatus)}),
  };
};

const prefixOf = ({stream: {name, namespace}}: RecordPage): string => {
  const descriptor = namespace === undefined ? {stream: name} : {stream: name, namespace};
  return `{"type":"RECORD","record":{${JSON.stringify(descriptor).slice(1, -1)},"data":`;
};

const timeOf = ({emittedAt}: RecordPage): string => `,"emitted_at":${emittedAt}`;

/** Lines are passed on in strings of about this length, because each string has a fixed cost. */
const BATCH_CHARACTERS = 16 * 1024;

/** The RECORD lines of a page. The parts that all lines share are printed once. */
function* encodePage(page: RecordPage): Generator<string> {
  const {records, changes} = page;
  const prefix = prefixOf(page);
  const time = timeOf(page);
  const suffix = `${time}}}\n`;
  let lines = '';
  for (const [index, record] of records.entries()) {
    const altered = changes?.get(index);
    const end =
      altered === undefined ? suffix : `${time},"meta":${JSON.stringify({changes: altered})}}}\n`;
    lines += prefix + printExact(record) + end;
    if (lines.length > BATCH_CHARACTERS) {
      yield escapeLineBreaks(lines);
      lines = '';
    }
  }
  if (lines !== '') yield escapeLineBreaks(lines);
}

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;

/** JSON has newlines only between values, where a space means the same. */
const withoutNewlines = (lines: Buffer, from: number, to: number): void => {
  for (let index = from; index < to; index += 1) {
    const byte = lines[index];
    if (byte === NEWLINE || byte === RETURN) lines[index] = SPACE;
  }
};

/** The bytes of lines that are made at once. A longer line is made alone. */
const BATCH = 64 * 1024;

/** Reused by page after page: new memory for each would keep the garbage collector busy. */
const spare: Buffer[] = [];

/** The RECORD lines of records that pass through as bytes, many at once. */
function* encodeBytes(page: RecordPage, raw: RawRecords): Generator<Buffer> {
  const {body} = raw;
  const prefix = Buffer.from(escapeLineBreaks(prefixOf(page)));
  const suffix = Buffer.from(`${timeOf(page)}}}\n`);
  const hasNewlines = body.includes(NEWLINE) || body.includes(RETURN);
  const count = countOf(raw);
  const append = (lines: Buffer, at: number, index: number): number => {
    const from = at + prefix.copy(lines, at);
    const to = from + body.copy(lines, from, startOf(raw, index), endOf(raw, index));
    if (hasNewlines) withoutNewlines(lines, from, to);
    return to + suffix.copy(lines, to);
  };
  const batch = spare.pop() ?? Buffer.allocUnsafeSlow(BATCH);
  let length = 0;
  for (let index = 0; index < count; index += 1) {
    const size = prefix.length + endOf(raw, index) - startOf(raw, index) + suffix.length;
    if (length > 0 && length + size > BATCH) {
      yield batch.subarray(0, length);
      length = 0;
    }
    if (size <= BATCH) length = append(batch, length, index);
    else {
      const line = Buffer.allocUnsafeSlow(size);
      append(line, 0, index);
      yield line;
    }
  }
  if (length > 0) yield batch.subarray(0, length);
  spare.push(batch);
}

/** Prints an emission as strings or buffers of whole lines. A buffer is valid until the next one is requested. */
export function* encode(emission: Emission, redact: Redact): Generator<string | Buffer> {
  if (emission.type === 'PAGE') {
    if (emission.raw === undefined) yield* encodePage(emission);
    else yield* encodeBytes(emission, emission.raw);
  } else yield `${escapeLineBreaks(printExact(redacted(emission, redact)))}\n`;
}
