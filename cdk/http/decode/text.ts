import {SystemError} from '../../errors.ts';
import type {About} from './decoder.ts';

type TextReader = {
  /** Of undefined: the text of the last bytes. Throws for bytes that are not in the encoding. */
  readonly decode: (chunk: Buffer | undefined) => string;
};

const BYTE_ORDER_MARK = 0xfeff;

/** TextDecoder does not know UTF-32. */
const utf32Reader = (isLittleEndian: boolean): TextReader => {
  let rest = Buffer.alloc(0);
  let isFirst = true;
  const signAt = (bytes: Buffer, at: number): string => {
    const code = isLittleEndian ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
    const isMark = isFirst && code === BYTE_ORDER_MARK;
    isFirst = false;
    if (code >= 0xd800 && code < 0xe000) throw new RangeError('A surrogate in UTF-32');
    return isMark ? '' : String.fromCodePoint(code);
  };
  return {
    decode: (chunk) => {
      if (chunk === undefined) {
        if (rest.length > 0) throw new RangeError('UTF-32 that ends inside a sign');
        return '';
      }
      const bytes = Buffer.concat([rest, chunk]);
      const end = bytes.length - (bytes.length % 4);
      rest = bytes.subarray(end);
      let text = '';
      for (let at = 0; at < end; at += 4) text += signAt(bytes, at);
      return text;
    },
  };
};

const readerOf = (encoding: string): TextReader => {
  const utf32 = /^utf-?32(le|be)$/i.exec(encoding)?.[1];
  if (utf32 !== undefined) return utf32Reader(utf32.toLowerCase() === 'le');
  const decoder = new TextDecoder(encoding, {fatal: true});
  return {decode: (chunk) => decoder.decode(chunk, {stream: chunk !== undefined})};
};

/** False for a name that no decoder here knows. */
export const isEncoding = (name: string): boolean => {
  try {
    readerOf(name);
    return true;
  } catch {
    return false;
  }
};

export const wrongBytes = (encoding: string, {where}: About, cause?: unknown): SystemError =>
  new SystemError(
    `${where} answered with bytes that are not ${encoding}. Set \`encoding\` to what the API sends, such as windows-1252.`,
    {cause},
  );

/** Decodes chunks cut anywhere, without their byte order mark. Bytes that are not in the encoding are an error. */
export const openText = (encoding: string, about: About) => {
  if (!isEncoding(encoding)) {
    throw new SystemError(
      `${about.where}: "${encoding}" is not the name of an encoding. Set \`encoding\` to one of https://encoding.spec.whatwg.org/#names-and-labels.`,
    );
  }
  const reader = readerOf(encoding);
  const decode = (chunk: Buffer | undefined): string => {
    try {
      return reader.decode(chunk);
    } catch (cause) {
      throw wrongBytes(encoding, about, cause);
    }
  };
  return {decode: (chunk: Buffer): string => decode(chunk), end: (): string => decode(undefined)};
};
