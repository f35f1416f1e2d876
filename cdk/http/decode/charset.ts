// Finds the encoding of a body, and makes UTF-8 of any other one.
import {isAscii, isUtf8} from 'node:buffer';
import {SystemError} from '../../errors.ts';
import type {HttpResponse} from '../types.ts';
import type {About} from './decoder.ts';
import {isEncoding, openText, wrongBytes} from './text.ts';

const UTF_8 = 'utf-8';

export type EncodingOption = {
  /**
   * An encoding's name on the web: `windows-1252`. Default: that of the byte order mark, else the `charset` of the
   * content-type, else UTF-8. Bytes in another encoding are an error.
   */
  readonly encoding?: string;
};

export const assertUtf8 = (bytes: Buffer, about: About): void => {
  if (!isUtf8(bytes)) throw wrongBytes(UTF_8, about);
};

/** A part of a body between two signs. */
export const utf8TextOf = (bytes: Buffer, about: About): string => {
  assertUtf8(bytes, about);
  return bytes.toString('utf8');
};

/** The longer ones first: that of UTF-32 begins like that of UTF-16. */
const MARKS: readonly (readonly [string, readonly number[]])[] = [
  ['utf-32le', [0xff, 0xfe, 0, 0]],
  ['utf-32be', [0, 0, 0xfe, 0xff]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
  [UTF_8, [0xef, 0xbb, 0xbf]],
];

const markedIn = (head: Buffer): string | undefined =>
  MARKS.find(([, mark]) => mark.every((byte, index) => head[index] === byte))?.[0];

/** No text begins with the sign NUL, so zeros show the width of the signs: https://www.rfc-editor.org/rfc/rfc4627#section-3 */
const widthOf = (head: Buffer): string | undefined => {
  const [first, second, third, fourth] = head;
  if (first === undefined || second === undefined) return undefined;
  if (first === 0 && second === 0) return third === 0 ? 'utf-32be' : undefined;
  if (first === 0) return 'utf-16be';
  if (second !== 0) return undefined;
  return third === 0 && fourth === 0 ? 'utf-32le' : 'utf-16le';
};

/** Nearly every body does, and none that `shownIn` finds an encoding in. */
const beginsWithAscii = ([first = 0, second = 0]: Buffer): boolean =>
  first !== 0 && first < 0x80 && second !== 0;

/** The encoding that the bytes show, whatever is declared; undefined if they begin with ASCII. */
export const shownIn = (head: Buffer): string | undefined =>
  beginsWithAscii(head) ? undefined : (markedIn(head) ?? widthOf(head));

/** ASCII is a part of UTF-8. */
const IN_UTF_8 = /^((us-)?ascii|(x-)?(unicode-?)?utf-?8)$/i;

/** A declaration: a name that is not an encoding says nothing. */
export const meantBy = (name: string | undefined): string | undefined => {
  if (name === undefined) return undefined;
  if (IN_UTF_8.test(name)) return UTF_8;
  return isEncoding(name) ? name.toLowerCase() : undefined;
};

/** `application/json; charset=ISO-8859-1` */
export const declaredIn = ({contentType = ''}: About): string | undefined =>
  meantBy(/charset\s*=\s*["']?([^\s;,"']+)/i.exec(contentType)?.[1]);

/** Many servers declare ISO-8859-1 and send UTF-8, which can be read as both. */
export const assertDeclared = (seemsUtf8: boolean, encoding: string, {where}: About): void => {
  if (!seemsUtf8) return;
  throw new SystemError(
    `${where} answered with bytes that are declared as ${encoding}, but look like UTF-8. Set \`encoding\` of the decoder to what the API sends: 'utf-8' or '${encoding}'.`,
  );
};

export const looksLikeUtf8 = (body: Buffer): boolean => !isAscii(body) && isUtf8(body);

/** @param encoding set by the author */
const encodingOf = (head: Buffer, about: About, encoding: string | undefined) => {
  const shown =
    encoding !== undefined && IN_UTF_8.test(encoding) ? UTF_8 : (encoding ?? shownIn(head));
  return shown === undefined
    ? {name: declaredIn(about) ?? UTF_8, isDeclared: true}
    : {name: shown, isDeclared: false};
};

/** True for a body that may be read as it is. */
export const isPlainUtf8 = (body: Buffer, about: About, encoding?: string): boolean => {
  const {name} = encodingOf(body, about, encoding);
  return name === UTF_8 && (beginsWithAscii(body) || markedIn(body) === undefined);
};

/** The text of a whole body, without its byte order mark. */
export const textOf = (body: Buffer, about: About, encoding?: string): string => {
  const {name, isDeclared} = encodingOf(body, about, encoding);
  if (isDeclared && name !== UTF_8) assertDeclared(looksLikeUtf8(body), name, about);
  const text = openText(name, about);
  return text.decode(body) + text.end();
};

/** `<?xml version="1.0" encoding="ISO-8859-1"?>`, `<meta charset="windows-1252">` */
const DECLARED_INSIDE = /^\s*<.{0,500}?(?:encoding|charset)\s*=\s*["']?([\w-]{1,40})/s;

/** A refusal whose body is in UTF-8, so that its reason can be found. One in an unknown encoding stays. */
export const withUtf8Refusal = (response: HttpResponse): HttpResponse => {
  const {status, headers, body} = response;
  if (status < 300) return response;
  const {'content-type': contentType} = headers;
  const about = {where: '', contentType};
  const inside = DECLARED_INSIDE.exec(body.toString('latin1', 0, 600))?.[1];
  const name = shownIn(body) ?? (isUtf8(body) ? undefined : (declaredIn(about) ?? meantBy(inside)));
  if (name === undefined) return response;
  try {
    const text = openText(name, about);
    const utf8 = Buffer.from(text.decode(body) + text.end());
    const type = contentType?.split(';', 1)[0] ?? 'text/plain';
    return {
      ...response,
      body: utf8,
      headers: {...headers, 'content-type': `${type}; charset=utf-8`},
    };
  } catch {
    return response;
  }
};

/** Finds out if chunks together are UTF-8, and not only ASCII. */
const utf8Test = () => {
  const decoder = new TextDecoder(UTF_8, {fatal: true});
  let isValid = true;
  let hasOther = false;
  const take = (chunk: Buffer | undefined): void => {
    if (!isValid) return;
    if (chunk !== undefined && !hasOther) hasOther = !isAscii(chunk);
    try {
      decoder.decode(chunk, {stream: chunk !== undefined});
    } catch {
      isValid = false;
    }
  };
  return {
    take,
    result: (): boolean => {
      take(undefined);
      return isValid && hasOther;
    },
  };
};

/** The chunks of a body in UTF-8. Bytes that are in UTF-8 are passed on unchanged, and are not checked. */
export async function* inUtf8(
  chunks: AsyncIterable<Buffer>,
  about: About,
  encoding?: string,
): AsyncGenerator<Buffer> {
  let text: ReturnType<typeof openText> | undefined;
  let name: string | undefined;
  let test: ReturnType<typeof utf8Test> | undefined;
  for await (const chunk of chunks) {
    if (name === undefined) {
      const found = encodingOf(chunk, about, encoding);
      name = found.name;
      if (name !== UTF_8) text = openText(name, about);
      if (found.isDeclared && text !== undefined) test = utf8Test();
    }
    test?.take(chunk);
    yield text === undefined ? chunk : Buffer.from(text.decode(chunk));
  }
  if (text !== undefined) yield Buffer.from(text.end());
  if (test !== undefined && name !== undefined) assertDeclared(test.result(), name, about);
}
