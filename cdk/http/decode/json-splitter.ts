// Finds the elements of the lists at a path, in JSON of any size, without building the document. It looks at what
// holds the elements byte by byte; of an element itself only at brackets and quotes, which is what makes it fast. So
// a list is whole and well-formed once `end` has returned and each of its elements was parsed: nothing is skipped over.
import {messageOf, SystemError} from '../../errors.ts';
import {parseExact} from '../../json/exact.ts';
import {
  CLASS,
  CLOSE_LIST,
  CLOSE_OBJECT,
  CLOSES,
  COLON,
  COMMA,
  OPEN_LIST,
  OPEN_OBJECT,
  OPENS,
  OTHER,
  QUOTE,
  type Scan,
  SEPARATES,
  SPACE,
  skipNested,
  skipScalar,
  skipText,
} from './json-scan.ts';
import {
  beginsWild,
  isWild,
  type NoRecords,
  noRecords,
  type PathRest,
  stepToIndex,
  stepToKey,
} from './records-path.ts';
import {endsEarly} from './truncated-body.ts';

/** Told of each element, as a range of bytes that is valid during the call only. */
export type OnElement = (bytes: Buffer, start: number, end: number) => void;

export type SplitOptions = {
  /** The path of the list: `data.items`, `data.*.items`; undefined where the document itself is the list. */
  readonly records: string | undefined;
  /** What begins a message: the request, and the file. */
  readonly where: string;
  /** The largest element, in bytes: it is held in memory. */
  readonly limit: number;
};

export type JsonSplitter = {
  readonly push: (chunk: Buffer) => void;
  /** Throws where the document has not ended, or has no list at the path. */
  readonly end: () => void;
};

/** What may come next in a container. */
type Phase = 'first' | 'key' | 'colon' | 'value' | 'comma';

type Frame = {
  readonly closing: number;
  /** What is left of the path here; undefined beside the path. */
  readonly rest: PathRest | undefined;
  /** A list whose values are the records. */
  readonly holdsRecords: boolean;
  phase: Phase;
  /** Of an object: what is left of the path at the key that was read last. */
  next: PathRest | undefined;
  /** Of a list: how many values there were. */
  index: number;
  /** Whether the path went on from here. */
  met: boolean;
};

/** What is being read in one piece. */
type Capture = 'element' | 'skipped' | 'key' | 'text' | 'scalar';

const MOST_KEYS = 20;

/** How far what lies beside the path is looked at value by value; what is deeper is parsed in one piece. */
const LOOK_INTO = 2;

const KINDS: Readonly<Record<string, string>> = {'"': 'a string', t: 'a boolean', f: 'a boolean'};

const kindAt = (byte: number): string => {
  if (byte === OPEN_OBJECT) return 'an object';
  const sign = String.fromCharCode(byte);
  return sign === 'n' ? 'null' : (KINDS[sign] ?? 'a number');
};

type State = {
  readonly options: SplitOptions;
  readonly onElement: OnElement;
  readonly wild: boolean;
  readonly stack: Frame[];
  readonly scan: Scan;
  /** The keys of the document, for messages. */
  readonly keys: string[];
  capture: Capture | undefined;
  /** Where in the chunk the capture began; what is before the chunk is in the pieces. */
  from: number;
  pieces: Buffer[];
  held: number;
  /** How many bytes came before the chunk. */
  offset: number;
  /** Bytes of a byte order mark. */
  marks: number;
  done: boolean;
  /** How many ends of the path there were, and how many ways to it that led nowhere. */
  found: number;
  missed: number;
  /** What stands at the end of the path instead of records. */
  wrong: string | undefined;
};

const malformed = (state: State, index: number, told: string): SystemError =>
  new SystemError(
    `${state.options.where} answered with something that is not JSON at byte ${state.offset + index}: ${told}.`,
  );

const describeByte = (byte: number): string =>
  byte > 0x20 && byte < 0x7f ? `"${String.fromCharCode(byte)}"` : `byte 0x${byte.toString(16)}`;

const unexpected = (state: State, byte: number, index: number, expected: string): SystemError =>
  malformed(state, index, `${describeByte(byte)} where ${expected} should be`);

/** Begins to read something in one piece; returns where to look for its end. */
const begin = (state: State, capture: Capture, index: number): number => {
  state.capture = capture;
  state.from = index;
  state.scan.depth = 0;
  state.scan.escaped = false;
  state.scan.quoted = capture === 'key' || capture === 'text';
  return state.scan.quoted ? index + 1 : index;
};

const open = (
  state: State,
  byte: number,
  index: number,
  aim: Pick<Frame, 'rest' | 'holdsRecords'>,
): number => {
  const closing = byte === OPEN_LIST ? CLOSE_LIST : CLOSE_OBJECT;
  state.stack.push({...aim, closing, phase: 'first', next: undefined, index: 0, met: false});
  return index + 1;
};

/** A value that holds no records and does not lead to any. */
const readBeside = (state: State, byte: number, index: number): number => {
  if (byte === QUOTE) return begin(state, 'text', index);
  if (CLASS[byte] === OPENS) {
    const beside = state.stack.filter(
      ({rest, holdsRecords}) => rest === undefined && !holdsRecords,
    );
    return beside.length < LOOK_INTO
      ? open(state, byte, index, {rest: undefined, holdsRecords: false})
      : begin(state, 'skipped', index);
  }
  if (CLASS[byte] !== OTHER) throw unexpected(state, byte, index, 'a value');
  return begin(state, 'scalar', index);
};

/** The value at the end of the path. */
const readTarget = (state: State, byte: number, index: number): number => {
  state.found += 1;
  if (byte === OPEN_LIST) return open(state, byte, index, {rest: undefined, holdsRecords: true});
  if (byte === OPEN_OBJECT && state.wild) return begin(state, 'element', index);
  const kind = kindAt(byte);
  // It is told at the end, with the keys that are seen until then.
  if (!(state.wild && kind === 'null')) state.wrong ??= kind;
  return readBeside(state, byte, index);
};

const readValue = (
  state: State,
  byte: number,
  index: number,
  rest: PathRest | undefined,
): number => {
  if (rest === '') return readTarget(state, byte, index);
  if (rest === undefined) return readBeside(state, byte, index);
  if (CLASS[byte] === OPENS) return open(state, byte, index, {rest, holdsRecords: false});
  state.missed += 1;
  return readBeside(state, byte, index);
};

const refused = ({options, keys}: State, kind: string): NoRecords => ({
  where: options.where,
  path: options.records,
  kind,
  keys,
});

const readElement = (state: State, byte: number, index: number): number => {
  if (byte === OPEN_OBJECT) return begin(state, 'element', index);
  const kind = CLASS[byte];
  if (kind === CLOSES || kind === SEPARATES) throw unexpected(state, byte, index, 'a value');
  throw noRecords(refused(state, 'a list with other values'));
};

const readListValue = (state: State, frame: Frame, byte: number, index: number): number => {
  frame.phase = 'comma';
  if (frame.holdsRecords) return readElement(state, byte, index);
  const rest = frame.rest === undefined ? undefined : stepToIndex(frame.rest, frame.index);
  frame.index += 1;
  if (rest !== undefined) frame.met = true;
  return readValue(state, byte, index, rest);
};

const readKey = (state: State, frame: Frame, byte: number, index: number): number => {
  if (byte !== QUOTE) throw unexpected(state, byte, index, 'a key');
  frame.phase = 'colon';
  return begin(state, 'key', index);
};

const close = (state: State, frame: Frame, byte: number, index: number): number => {
  if (byte !== frame.closing) {
    throw unexpected(state, byte, index, `"," or "${String.fromCharCode(frame.closing)}"`);
  }
  if (frame.rest !== undefined && !frame.met && !beginsWild(frame.rest)) state.missed += 1;
  state.stack.pop();
  if (state.stack.length === 0) state.done = true;
  return index + 1;
};

const readInList = (state: State, frame: Frame, byte: number, index: number): number => {
  if (frame.phase !== 'comma') return readListValue(state, frame, byte, index);
  if (byte !== COMMA) return close(state, frame, byte, index);
  frame.phase = 'value';
  return index + 1;
};

const readInObject = (state: State, frame: Frame, byte: number, index: number): number => {
  switch (frame.phase) {
    case 'comma':
      if (byte !== COMMA) return close(state, frame, byte, index);
      frame.phase = 'key';
      return index + 1;
    case 'colon':
      if (byte !== COLON) throw unexpected(state, byte, index, '":"');
      frame.phase = 'value';
      return index + 1;
    case 'value':
      frame.phase = 'comma';
      return readValue(state, byte, index, frame.next);
    default:
      return readKey(state, frame, byte, index);
  }
};

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** Outside of the document. */
const readRoot = (state: State, byte: number, index: number): number => {
  if (state.done) throw unexpected(state, byte, index, 'the end');
  if (state.offset + index === state.marks && byte === BYTE_ORDER_MARK[state.marks]) {
    state.marks += 1;
    return index + 1;
  }
  if (state.marks % BYTE_ORDER_MARK.length !== 0) throw unexpected(state, byte, index, 'a value');
  return readValue(state, byte, index, state.options.records ?? '');
};

/** Reads one sign of what holds the elements, and returns where to go on. */
const readSign = (state: State, chunk: Buffer, index: number): number => {
  const byte = chunk[index] ?? 0;
  if (CLASS[byte] === SPACE) return index + 1;
  const frame = state.stack.at(-1);
  if (frame === undefined) return readRoot(state, byte, index);
  if (frame.phase === 'first' && byte === frame.closing) return close(state, frame, byte, index);
  return frame.closing === CLOSE_LIST
    ? readInList(state, frame, byte, index)
    : readInObject(state, frame, byte, index);
};

const takeKey = (state: State, frame: Frame, key: string): void => {
  if (state.stack.length === 1) state.keys.push(key);
  if (state.keys.length > MOST_KEYS) state.keys.length = MOST_KEYS;
  frame.next = frame.rest === undefined ? undefined : stepToKey(frame.rest, key);
  if (frame.rest === undefined || frame.next === undefined) return;
  if (frame.met && !beginsWild(frame.rest)) {
    throw new SystemError(
      `${state.options.where}: the body has "${key}" twice in one object, so it is not clear which one holds the records. Report this to the API's owner.`,
    );
  }
  frame.met = true;
};

/** A piece beside the elements is small, or rare: the parser itself says whether it is well-formed. */
const parsePiece = (state: State, bytes: Buffer, start: number, end: number): unknown => {
  try {
    return parseExact(bytes.toString('utf8', start, end));
  } catch (cause) {
    throw malformed(state, state.from - state.held, messageOf(cause));
  }
};

const finish = (state: State, chunk: Buffer, end: number): void => {
  const {capture} = state;
  const joined = state.held > 0;
  const bytes = joined ? Buffer.concat([...state.pieces, chunk.subarray(0, end)]) : chunk;
  const start = joined ? 0 : state.from;
  const stop = joined ? bytes.length : end;
  if (capture === 'element') state.onElement(bytes, start, stop);
  else {
    const value = parsePiece(state, bytes, start, stop);
    const frame = state.stack.at(-1);
    if (capture === 'key' && frame !== undefined) takeKey(state, frame, String(value));
  }
  state.capture = undefined;
  state.pieces = [];
  state.held = 0;
  if (state.stack.length === 0) state.done = true;
};

/** Goes on with what is read in one piece, and returns where it ends: the chunk's length where that is not in this one. */
const resume = (state: State, chunk: Buffer, index: number): number => {
  const {capture, scan} = state;
  let end: number;
  if (capture === 'scalar') end = skipScalar(chunk, index);
  else if (capture === 'element' || capture === 'skipped') end = skipNested(chunk, index, scan);
  else {
    end = skipText(chunk, index, scan);
    if (scan.quoted) end = -1;
  }
  if (end < 0) return chunk.length;
  finish(state, chunk, end);
  return end;
};

/** Keeps the part of an element that is in this chunk. */
const hold = (state: State, chunk: Buffer): void => {
  const {limit, where} = state.options;
  // A copy: the reader may fill the chunk's memory again.
  const piece = Buffer.from(chunk.subarray(state.from));
  state.pieces.push(piece);
  state.held += piece.length;
  if (state.held > limit) {
    throw new SystemError(
      `${where} answered with one value of more than ${limit} bytes, which is more than is held in memory. Raise \`maxBodyBytes\`.`,
    );
  }
};

const push = (state: State, chunk: Buffer): void => {
  state.from = 0;
  let index = 0;
  while (index < chunk.length) {
    index =
      state.capture === undefined ? readSign(state, chunk, index) : resume(state, chunk, index);
  }
  if (state.capture !== undefined) hold(state, chunk);
  state.offset += chunk.length;
};

const end = (state: State): void => {
  state.from = 0;
  if (state.capture === 'scalar' && state.stack.length === 0) finish(state, Buffer.alloc(0), 0);
  if (!state.done) throw endsEarly('JSON', state.options.where, `after ${state.offset} bytes`);
  const missing = state.found === 0 && state.missed > 0 ? 'undefined' : undefined;
  const kind = state.wrong ?? missing;
  if (kind !== undefined) throw noRecords(refused(state, kind));
};

/** Push a document's bytes as they come, in chunks cut anywhere; then call `end`. */
export const jsonSplitter = (options: SplitOptions, onElement: OnElement): JsonSplitter => {
  const state: State = {
    options,
    onElement,
    wild: isWild(options.records),
    stack: [],
    scan: {depth: 0, quoted: false, escaped: false},
    keys: [],
    capture: undefined,
    from: 0,
    pieces: [],
    held: 0,
    offset: 0,
    marks: 0,
    done: false,
    found: 0,
    missed: 0,
    wrong: undefined,
  };
  return {push: (chunk) => push(state, chunk), end: () => end(state)};
};
