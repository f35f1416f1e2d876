import {printExact} from '../json/exact.ts';
import {countOf, endOf, type RawRecords, startOf} from '../json/raw-records.ts';
import type {AirbyteMessage} from '../protocol/generated/airbyte.ts';
import type {Emission, RecordPage} from '../protocol/messages.ts';

// Legal inside JSON, but some readers end a line there: Python's str.splitlines(), which Meltano's tap uses.
const LINE_BREAKS = /[\u0085\u2028\u2029]/g;

/** As LINE_BREAKS finds it, which takes a tenth of the time of small records: hardly a line has one. */
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

/** What is said in words; the rest is names and enums, which a secret may happen to spell. */
const WORDS = new Set(['message', 'internal_message', 'stack_trace']);

/** What a message says in words goes through `redact`; records and states never do. */
const redacted = (message: AirbyteMessage, redact: Redact): AirbyteMessage => {
  const words = (key: string, value: unknown) =>
    typeof value === 'string' && WORDS.has(key) ? redact(value) : value;
  const mask = <T>(part: T): T => JSON.parse(JSON.stringify(part, words));
  switch (message.type) {
    case 'LOG':
      return {...message, ...(message.log && {log: mask(message.log)})};
    case 'TRACE':
      return {
        ...message,
        ...(message.trace?.error && {trace: {...message.trace, error: mask(message.trace.error)}}),
      };
    case 'CONNECTION_STATUS':
      return {
        ...message,
        ...(message.connectionStatus && {connectionStatus: mask(message.connectionStatus)}),
      };
    default:
      return message;
  }
};

/** What stands before each record of a page. */
const prefixOf = ({stream: {name, namespace}}: RecordPage): string => {
  const place = namespace === undefined ? {stream: name} : {stream: name, namespace};
  return `{"type":"RECORD","record":{${JSON.stringify(place).slice(1, -1)},"data":`;
};

const timeOf = ({emittedAt}: RecordPage): string => `,"emitted_at":${emittedAt}`;

/** How many characters of lines are handed on as one text: what a text costs is the same for a longer one. */
const BATCH_CHARACTERS = 16 * 1024;

/** The RECORD lines of a page; all that is the same in each of them is printed once. */
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

/** Between the values of a record they mean nothing, and inside of texts there are none. */
const withoutNewlines = (lines: Buffer, from: number, to: number): void => {
  for (let index = from; index < to; index += 1) {
    const byte = lines[index];
    if (byte === NEWLINE || byte === RETURN) lines[index] = SPACE;
  }
};

/** How many bytes of lines are made at once; a longer line by itself. */
const BATCH = 64 * 1024;

/** Lent to one page after another: memory that is new for each of them would keep the garbage collector busy. */
const spare: Buffer[] = [];

/** The RECORD lines of records that go out as they came, many at once. */
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

/**
 * What a command says: lines, each with its end. One by one as texts, or some at once as bytes, which hold good until the
 * next are asked for.
 */
export function* encode(emission: Emission, redact: Redact): Generator<string | Buffer> {
  if (emission.type === 'PAGE') {
    if (emission.raw === undefined) yield* encodePage(emission);
    else yield* encodeBytes(emission, emission.raw);
  } else yield `${escapeLineBreaks(printExact(redacted(emission, redact)))}\n`;
}
