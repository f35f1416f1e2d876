// Finds the elements of the lists at a path, in JSON of any size, without building the document. It reads a window at a
// time: where that ends in the middle of a value, the next one begins with the value. A list is whole and well-formed once
// `end` has returned: nothing is skipped that was not checked.
import {SystemError} from '../../errors.ts';
import {
  CLOSE_LIST,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  FAULT,
  INCOMPLETE,
  OPEN_LIST,
  OPEN_OBJECT,
  QUOTE,
  skipSpace,
  skipValue,
} from '../../json/bytes.ts';
import {type ByteWindow, openWindow} from './byte-window.ts';
import {faultOf} from './json-fault.ts';
import {
  beginsWild,
  isWild,
  type NoRecords,
  noRecords,
  type PathRest,
  stepToIndex,
  stepToKey,
} from './records-path.ts';
import {truncationError} from './truncated-body.ts';

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

const MOST_KEYS = 20;

/** How far what lies beside the path is looked at value by value; what is deeper is read in one piece. */
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
  readonly bytes: ByteWindow;
  /** The keys of the document, for messages. */
  readonly keys: string[];
  /** What is read at the moment. */
  window: Buffer;
  /** Whether nothing comes after it. */
  last: boolean;
  /** How many bytes came before it. */
  offset: number;
  /** How long it should be: a value that does not end in it is read again from its start when there is twice as much. */
  wanted: number;
  /** Bytes of a byte order mark. */
  marks: number;
  done: boolean;
  elements: number;
  /** How many ends of the path there were, and how many ways to it that led nowhere. */
  found: number;
  missed: number;
  /** What stands at the end of the path instead of records. */
  wrong: string | undefined;
};

const malformed = (
  {options}: State,
  place: string,
  told: string,
  cause?: SyntaxError,
): SystemError =>
  new SystemError(
    `${options.where} answered with something that is not JSON ${place}: ${told}.`,
    cause && {cause},
  );

const byteNumber = ({offset}: State, index: number): string => `at byte ${offset + index}`;

const describeByte = (byte: number): string =>
  byte > 0x20 && byte < 0x7f ? `"${String.fromCharCode(byte)}"` : `byte 0x${byte.toString(16)}`;

const unexpected = (state: State, byte: number, index: number, expected: string): SystemError =>
  malformed(state, byteNumber(state, index), `${describeByte(byte)} where ${expected} should be`);

/** Whether what ends with the window may go on in the next one, as a number may. */
const mayGoOn = (window: Buffer): boolean => {
  const byte = window.at(-1);
  return byte !== QUOTE && byte !== CLOSE_LIST && byte !== CLOSE_OBJECT;
};

/**
 * The index behind what is read in one piece; `INCOMPLETE` where the window does not hold all of it. Then nothing may change,
 * since it is read again. `place` is for a message.
 */
const readPiece = (state: State, index: number, place?: string): number => {
  const {window, last} = state;
  const end = skipValue(window, index);
  if (end === FAULT) {
    const fault = faultOf(window.subarray(index));
    throw malformed(state, place ?? byteNumber(state, index), fault.message, fault);
  }
  return end === window.length && !last && mayGoOn(window) ? INCOMPLETE : end;
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

const opens = (byte: number): boolean => byte === OPEN_LIST || byte === OPEN_OBJECT;

const NO_VALUE = new Set([CLOSE_LIST, CLOSE_OBJECT, COMMA, COLON]);

/** A value that holds no records and does not lead to any. */
const readBeside = (state: State, byte: number, index: number): number => {
  if (NO_VALUE.has(byte)) throw unexpected(state, byte, index, 'a value');
  if (!opens(byte)) return readPiece(state, index);
  const beside = state.stack.filter(({rest, holdsRecords}) => rest === undefined && !holdsRecords);
  return beside.length < LOOK_INTO
    ? open(state, byte, index, {rest: undefined, holdsRecords: false})
    : readPiece(state, index);
};

const refused = ({options, keys}: State, kind: string): NoRecords => ({
  where: options.where,
  path: options.records,
  kind,
  keys,
});

const readElement = (state: State, byte: number, index: number): number => {
  if (NO_VALUE.has(byte)) throw unexpected(state, byte, index, 'a value');
  if (byte !== OPEN_OBJECT) throw noRecords(refused(state, 'a list with other values'));
  const end = readPiece(state, index, `in record ${state.elements + 1}`);
  if (end === INCOMPLETE) return end;
  state.elements += 1;
  state.onElement(state.window, index, end);
  return end;
};

/** The value at the end of the path. */
const readTarget = (state: State, byte: number, index: number): number => {
  let end: number;
  if (byte === OPEN_LIST) end = open(state, byte, index, {rest: undefined, holdsRecords: true});
  else if (byte === OPEN_OBJECT && state.wild) end = readElement(state, byte, index);
  else {
    end = readBeside(state, byte, index);
    const kind = kindAt(byte);
    // It is told at the end, with the keys that are seen until then.
    if (!(state.wild && kind === 'null')) state.wrong ??= kind;
  }
  if (end !== INCOMPLETE) state.found += 1;
  return end;
};

const readValue = (
  state: State,
  byte: number,
  index: number,
  rest: PathRest | undefined,
): number => {
  if (rest === '') return readTarget(state, byte, index);
  if (rest !== undefined && opens(byte)) {
    return open(state, byte, index, {rest, holdsRecords: false});
  }
  const end = readBeside(state, byte, index);
  if (rest !== undefined && end !== INCOMPLETE) state.missed += 1;
  return end;
};

const readListValue = (state: State, frame: Frame, byte: number, index: number): number => {
  const rest = frame.rest === undefined ? undefined : stepToIndex(frame.rest, frame.index);
  const end = frame.holdsRecords
    ? readElement(state, byte, index)
    : readValue(state, byte, index, rest);
  if (end === INCOMPLETE) return end;
  frame.phase = 'comma';
  frame.index += 1;
  if (rest !== undefined) frame.met = true;
  return end;
};

const takeKey = (state: State, frame: Frame, key: string): void => {
  if (state.stack.length === 1 && state.keys.length < MOST_KEYS) state.keys.push(key);
  frame.next = frame.rest === undefined ? undefined : stepToKey(frame.rest, key);
  if (frame.rest === undefined || frame.next === undefined) return;
  if (frame.met && !beginsWild(frame.rest)) {
    throw new SystemError(
      `${state.options.where}: the body has "${key}" twice in one object, so it is not clear which one holds the records. Report this to the API's owner.`,
    );
  }
  frame.met = true;
};

const readKey = (state: State, frame: Frame, byte: number, index: number): number => {
  if (byte !== QUOTE) throw unexpected(state, byte, index, 'a key');
  const end = readPiece(state, index);
  if (end === INCOMPLETE) return end;
  frame.phase = 'colon';
  takeKey(state, frame, JSON.parse(state.window.toString('utf8', index, end)));
  return end;
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
    case 'value': {
      const end = readValue(state, byte, index, frame.next);
      if (end !== INCOMPLETE) frame.phase = 'comma';
      return end;
    }
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
  const end = readValue(state, byte, index, state.options.records ?? '');
  state.done = end !== INCOMPLETE && state.stack.length === 0;
  return end;
};

/** Reads what stands at a place, in what holds the elements. */
const readAt = (state: State, index: number): number => {
  const byte = state.window[index] ?? 0;
  const frame = state.stack.at(-1);
  if (frame === undefined) return readRoot(state, byte, index);
  if (frame.phase === 'first' && byte === frame.closing) return close(state, frame, byte, index);
  return frame.closing === CLOSE_LIST
    ? readInList(state, frame, byte, index)
    : readInObject(state, frame, byte, index);
};

/** Reads as much of the window as is complete, and keeps the rest. */
const readWindow = (state: State): void => {
  const {window, options} = state;
  let index = skipSpace(window, 0);
  while (index < window.length) {
    const end = readAt(state, index);
    if (end === INCOMPLETE) break;
    index = skipSpace(window, end);
  }
  const rest = window.subarray(index);
  if (rest.length > options.limit) {
    throw new SystemError(
      `${options.where} answered with one value of more than ${options.limit} bytes, which is more than is held in memory. Raise \`maxBodyBytes\`.`,
    );
  }
  state.bytes.keep(rest);
  state.offset += index;
  state.wanted = 2 * rest.length;
};

const push = (state: State, chunk: Buffer): void => {
  state.window = state.bytes.add(chunk);
  const {length} = state.window;
  if (length >= state.wanted || length > state.options.limit) readWindow(state);
  else state.bytes.keep(state.window);
};

const end = (state: State): void => {
  state.last = true;
  state.window = state.bytes.add(Buffer.alloc(0));
  const length = state.offset + state.window.length;
  readWindow(state);
  if (!state.done) throw truncationError('JSON', state.options.where, `after ${length} bytes`);
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
    bytes: openWindow(),
    keys: [],
    window: Buffer.alloc(0),
    last: false,
    offset: 0,
    wanted: 0,
    marks: 0,
    done: false,
    elements: 0,
    found: 0,
    missed: 0,
    wrong: undefined,
  };
  return {push: (chunk) => push(state, chunk), end: () => end(state)};
};
