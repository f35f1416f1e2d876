// Finds the elements of the lists at a path, in JSON of any size, without building the document. It reads one window at a
// time: if that ends inside a value, the next window begins with the value. When `end` has returned, the whole document
// was checked: it is complete and valid.
import {SystemError} from '../../errors.ts';
import {
  CLOSE_LIST,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  FAULT,
  INCOMPLETE,
  isEmptyAt,
  kindAt,
  OPEN_LIST,
  OPEN_OBJECT,
  QUOTE,
  skipSpace,
  skipValue,
} from '../../json/bytes.ts';
import {excerpt} from '../../json/trim.ts';
import {isErrorField} from '../response/refusal-text.ts';
import {type ByteWindow, openWindow} from './byte-window.ts';
import type {StreamOptions} from './decoder.ts';
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
import {emptyBodyError, truncated, truncationError} from './truncated-body.ts';

/** Called with the bytes of each element, which are valid only during the call, and its key or index. */
type OnElement = (bytes: Buffer, start: number, end: number, key: string) => void;

/** `limit` is that of one element: only one is in memory at a time. */
type SplitOptions = Omit<StreamOptions, 'contentType' | 'shape'> & {
  /** Elements may be of any type, and at the end of a path with `*` each value is one. The whole path, for messages. */
  readonly anyElementOf?: {readonly path: string | undefined};
};

type JsonSplitter = {
  readonly push: (chunk: Buffer) => void;
  /** Throws if the document has not ended, or has no list at the path. */
  readonly end: () => void;
};

type Phase = 'first' | 'key' | 'colon' | 'value' | 'comma';

type Frame = {
  readonly closing: number;
  /** The rest of the path; undefined off the path. */
  readonly rest: PathRest | undefined;
  readonly holdsRecords: boolean;
  phase: Phase;
  /** In an object: the rest of the path at the last key. */
  next: PathRest | undefined;
  key: string;
  index: number;
  /** The path continues in a value that was read. */
  met: boolean;
};

const MOST_KEYS = 20;

/** Off the path, this many levels are read value by value; a deeper value is read in one piece. */
const OFF_PATH_LEVELS = 2;

type State = {
  readonly options: SplitOptions;
  readonly onElement: OnElement;
  readonly wild: boolean;
  readonly stack: Frame[];
  readonly bytes: ByteWindow;
  /** The top-level keys of the document, for messages. */
  readonly keys: string[];
  window: Buffer;
  /** No bytes follow the window. */
  last: boolean;
  offset: number;
  /** The window's wanted length: a value that does not end in it is read again when the window has twice its bytes. */
  wanted: number;
  /** The bytes read of a byte order mark. */
  marks: number;
  done: boolean;
  elements: number;
  /** The number of values at the end of the path, and of branches that do not reach its end. */
  found: number;
  missed: number;
  /** The type of a value at the end of the path that is not records. */
  wrong: string | undefined;
  /** The list is null, or a value that leads to it. */
  isNull: boolean;
  /** The last top-level key is one of an error, and its value comes next. */
  atError: boolean;
  /** The document has an error at its top level. */
  hasError: boolean;
};

const malformed = (
  {options}: State,
  position: string,
  reason: string,
  cause?: SyntaxError,
): SystemError =>
  new SystemError(
    `${options.where} answered with something that is not JSON ${position}: ${reason}.`,
    cause && {cause},
  );

const byteNumber = ({offset}: State, index: number): string => `at byte ${offset + index}`;

const describeByte = (byte: number): string =>
  byte > 0x20 && byte < 0x7f ? `"${String.fromCharCode(byte)}"` : `byte 0x${byte.toString(16)}`;

const unexpected = (state: State, byte: number, index: number, expected: string): SystemError =>
  malformed(state, byteNumber(state, index), `${describeByte(byte)} where ${expected} should be`);

/** A number at the end of the window may continue in the next one. */
const mayContinue = (window: Buffer): boolean => {
  const byte = window.at(-1);
  return byte !== QUOTE && byte !== CLOSE_LIST && byte !== CLOSE_OBJECT;
};

/** Returns the index after a key or value. After `INCOMPLETE` the state must not change, because the value is read again. */
const readPiece = (state: State, index: number, position?: string): number => {
  const {window, last} = state;
  const end = skipValue(window, index);
  if (end === FAULT) {
    const fault = faultOf(window.subarray(index));
    throw malformed(state, position ?? byteNumber(state, index), fault.message, fault);
  }
  return end === window.length && !last && mayContinue(window) ? INCOMPLETE : end;
};

const open = (
  state: State,
  byte: number,
  index: number,
  aim: Pick<Frame, 'rest' | 'holdsRecords'>,
): number => {
  const closing = byte === OPEN_LIST ? CLOSE_LIST : CLOSE_OBJECT;
  state.stack.push({
    ...aim,
    ...{closing, phase: 'first', next: undefined, key: '', index: 0, met: false},
  });
  return index + 1;
};

const opens = (byte: number): boolean => byte === OPEN_LIST || byte === OPEN_OBJECT;

const NO_VALUE = new Set([CLOSE_LIST, CLOSE_OBJECT, COMMA, COLON]);

const readOffPath = (state: State, byte: number, index: number): number => {
  if (NO_VALUE.has(byte)) throw unexpected(state, byte, index, 'a value');
  if (!opens(byte)) return readPiece(state, index);
  const offPath = state.stack.filter(({rest, holdsRecords}) => rest === undefined && !holdsRecords);
  return offPath.length < OFF_PATH_LEVELS
    ? open(state, byte, index, {rest: undefined, holdsRecords: false})
    : readPiece(state, index);
};

const refused = ({options, keys}: State, kind: string): NoRecords => ({
  where: options.where,
  path: (options.anyElementOf ?? {path: options.records}).path,
  kind,
  keys,
});

/** The key or the index of the value that is read. */
const keyIn = ({stack}: State): string => {
  const frame = stack.at(-1);
  return frame?.closing === CLOSE_LIST ? String(frame.index) : (frame?.key ?? '');
};

const readElement = (state: State, byte: number, index: number): number => {
  if (NO_VALUE.has(byte)) throw unexpected(state, byte, index, 'a value');
  if (byte !== OPEN_OBJECT && !state.options.anyElementOf) {
    throw noRecords({...refused(state, 'a list with other values'), item: kindAt(byte)});
  }
  const end = readPiece(state, index, `in record ${state.elements + 1}`);
  if (end === INCOMPLETE) return end;
  state.elements += 1;
  state.onElement(state.window, index, end, state.options.anyElementOf ? keyIn(state) : '');
  return end;
};

const readTarget = (state: State, byte: number, index: number): number => {
  let end: number;
  if (state.wild && state.options.anyElementOf) end = readElement(state, byte, index);
  else if (byte === OPEN_LIST)
    end = open(state, byte, index, {rest: undefined, holdsRecords: true});
  else if (byte === OPEN_OBJECT && state.wild) end = readElement(state, byte, index);
  else {
    end = readOffPath(state, byte, index);
    const kind = kindAt(byte);
    // Reported at the end, with the keys that are seen until then.
    if (kind !== 'null') state.wrong ??= kind;
    else if (!state.wild) state.isNull = true;
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
  const end = readOffPath(state, byte, index);
  if (rest === undefined || end === INCOMPLETE) return end;
  const isNull = kindAt(byte) === 'null' && !state.wild;
  if (isNull) state.isNull = true;
  if (isNull) state.found += 1;
  else state.missed += 1;
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
  frame.key = key;
  state.atError = state.stack.length === 1 && isErrorField(key);
  if (state.stack.length === 1 && state.keys.length < MOST_KEYS) state.keys.push(key);
  frame.next = frame.rest === undefined ? undefined : stepToKey(frame.rest, key);
  if (frame.rest === undefined || frame.next === undefined) return;
  if (frame.met && !beginsWild(frame.rest)) {
    throw new SystemError(
      `${state.options.where}: the body has "${excerpt(key)}" twice in one object, so it is not clear which one holds the records. Report this to the API's owner.`,
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
      const mayBeError = state.atError;
      const end = readValue(state, byte, index, frame.next);
      if (end === INCOMPLETE) return end;
      frame.phase = 'comma';
      if (mayBeError && !isEmptyAt(state.window, index)) state.hasError = true;
      state.atError = false;
      return end;
    }
    default:
      return readKey(state, frame, byte, index);
  }
};

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

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

const readAt = (state: State, index: number): number => {
  const byte = state.window[index] ?? 0;
  const frame = state.stack.at(-1);
  if (frame === undefined) return readRoot(state, byte, index);
  if (frame.phase === 'first' && byte === frame.closing) return close(state, frame, byte, index);
  return frame.closing === CLOSE_LIST
    ? readInList(state, frame, byte, index)
    : readInObject(state, frame, byte, index);
};

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
      `${options.where} answered with one value of more than ${options.limit} bytes, which is over the memory limit. Raise \`maxBodyBytes\`.`,
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

/** Nothing and null may stand for an empty list, but not beside an error. */
const missingKind = ({found, missed, isNull, hasError, options}: State): string | undefined => {
  if (found === 0 && missed > 0) {
    return hasError || options.withoutRecords !== 'empty' ? 'undefined' : undefined;
  }
  return hasError && isNull ? 'null' : undefined;
};

const end = (state: State): void => {
  state.last = true;
  state.window = state.bytes.add(Buffer.alloc(0));
  const length = state.offset + state.window.length;
  readWindow(state);
  const {where} = state.options;
  const isBlank = state.stack.length === 0 && skipSpace(state.window, 0) === state.window.length;
  if (!state.done && isBlank) throw truncated('JSON', emptyBodyError('JSON', where));
  if (!state.done) throw truncationError('JSON', where, `after ${length} bytes`);
  const kind = state.wrong ?? missingKind(state);
  if (kind !== undefined) throw noRecords(refused(state, kind));
};

/** Push the chunks of a document, cut anywhere; then call `end`. */
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
    isNull: false,
    atError: false,
    hasError: false,
  };
  return {push: (chunk) => push(state, chunk), end: () => end(state)};
};
