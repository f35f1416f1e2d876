import type {AirbyteMessage} from '../protocol/generated/airbyte.ts';
import type {Emission, RecordPage} from '../protocol/messages.ts';

/** A pipe takes 64 KiB at once; larger parts only wait in memory. */
const CHUNK_LENGTH = 64 * 1024;

// Legal inside JSON, but some readers end a line there: Python's str.splitlines(), which Meltano's tap uses.
const LINE_BREAKS = /[\u0085\u2028\u2029]/g;

const escapeLineBreaks = (line: string): string =>
  line.replace(
    LINE_BREAKS,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

type Redact = (text: string) => string;

/** What a message says in words goes through `redact`; records and states never do. */
const redacted = (message: AirbyteMessage, redact: Redact): AirbyteMessage => {
  const words = (_key: string, value: unknown) =>
    typeof value === 'string' ? redact(value) : value;
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

/** The RECORD lines of a page; all that is the same in each of them is printed once. */
function* encodePage({stream, records, emittedAt}: RecordPage): Generator<string> {
  const {name, namespace} = stream;
  const place = namespace === undefined ? {stream: name} : {stream: name, namespace};
  const prefix = `{"type":"RECORD","record":{${JSON.stringify(place).slice(1, -1)},"data":`;
  const suffix = `,"emitted_at":${emittedAt}}}\n`;
  let chunk = '';
  for (const record of records) {
    chunk += prefix + JSON.stringify(record) + suffix;
    if (chunk.length >= CHUNK_LENGTH) {
      yield escapeLineBreaks(chunk);
      chunk = '';
    }
  }
  if (chunk !== '') yield escapeLineBreaks(chunk);
}

/** One message on one line. */
export const encodeMessage = (message: AirbyteMessage, redact: Redact): string =>
  `${escapeLineBreaks(JSON.stringify(redacted(message, redact)))}\n`;

/** What a command says, as text that is ready for stdout, in parts of some 64 KiB. */
export function* encode(emission: Emission, redact: Redact): Generator<string> {
  if (emission.type === 'PAGE') yield* encodePage(emission);
  else yield encodeMessage(emission, redact);
}
