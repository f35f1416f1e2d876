// Recognizes HTML, XML and JSON in place of the expected format: login pages and errors with the status 200.
import {SystemError} from '../../errors.ts';
import {excerpt} from '../../json/trim.ts';
import {reasonIn} from '../response/refusal-text.ts';
import type {About} from './decoder.ts';

/** In bytes. Nothing beyond it is looked at, so that each pattern takes a short time on any text. */
export const HEAD_LENGTH = 4_096;

type Format = 'HTML' | 'XML' | 'JSON';

/** No other format begins like this. */
const DOCTYPE_HTML = /^<!doctype\s+html/i;
const XML_DECLARATION = /^<\?xml\s/;
const ROOT = /<([^\s/<>?!][^\s/<>]*)/;

const rootOf = (head: string): string =>
  ROOT.exec(head.replaceAll(/<!--.*?-->/gs, ''))?.[1]?.toLowerCase() ?? '';

const HTML_TAG =
  /^<(head|body|title|script|style|meta|link|h[1-6]|center|div|p|pre|table|form|br|b|font|iframe|noscript|span)[\s/>]/i;

const TAG = /^<([A-Za-z_][\w:.-]{0,100})(\s[^<>]{0,1000})?(\/?)>/;

/** Trading programs write such headers: `<TICKER>,<DATE>`. */
const TAGS_AS_NAMES = /^<[^<>]{0,200}>[,;|\t]/;

const JSON_START = /^(\{\s*["}]|\[\s*[{["\]])/;

const isMarkup = (head: string): boolean => {
  const [, name, , selfClosing] = TAG.exec(head) ?? [];
  return name !== undefined && (selfClosing === '/' || head.includes(`</${name}`));
};

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** The format of a text that cannot be in another one. Values of a table may be HTML or JSON themselves. */
const certainFormatOf = (head: string): Format | undefined => {
  const isHtml = DOCTYPE_HTML.test(head) || (head.startsWith('<') && rootOf(head) === 'html');
  if (isHtml) return 'HTML';
  if (XML_DECLARATION.test(head)) return 'XML';
  return JSON_START.test(head) && isJson(head) ? 'JSON' : undefined;
};

const formatOf = (head: string): Format | undefined => {
  const certain = certainFormatOf(head);
  if (certain !== undefined) return certain;
  if (JSON_START.test(head)) return 'JSON';
  if (TAGS_AS_NAMES.test(head)) return undefined;
  if (HTML_TAG.test(head)) return 'HTML';
  return isMarkup(head) ? 'XML' : undefined;
};

const ADVICE: Readonly<Record<Format, string>> = {
  HTML: "It may be a login or error page. Check the credentials, and that the URL in the config is the API's own.",
  XML: "It may be an error of the API. Check `decode`, and that the URL in the config is the API's own.",
  JSON: "It may be an error of the API. Check `decode`, and that the URL in the config is the API's own.",
};

export type Expected = {
  readonly format: 'CSV' | 'JSON' | 'JSON Lines' | 'XML';
  /** The body has no header: it begins with a value, which may be HTML or JSON itself. */
  readonly beginsWithValue?: boolean;
};

const headOf = (body: Buffer): string =>
  body
    .toString('utf8', 0, HEAD_LENGTH)
    .replace(/^\uFEFF/, '')
    .trim();

export type WebPage = {readonly title?: string};

/** The title of a body that is certainly an HTML page; undefined for any other body. */
export const webPageIn = (body: Buffer): WebPage | undefined => {
  const head = headOf(body);
  if (certainFormatOf(head) !== 'HTML') return undefined;
  const title = reasonIn(head);
  return title ? {title: excerpt(title)} : {};
};

/** The format that the body has instead of the expected one; undefined if it may have that one. */
const otherFormatOf = (
  head: string,
  {format: expected, beginsWithValue = expected !== 'CSV'}: Expected,
): Format | undefined => {
  const format = beginsWithValue ? certainFormatOf(head) : formatOf(head);
  if (format === expected) return undefined;
  // One line of JSON is a line of JSON Lines.
  return expected === 'JSON Lines' && format === 'JSON' && !head.includes('\n')
    ? undefined
    : format;
};

export const assertFormat = (
  body: Buffer,
  {where, contentType = 'not given'}: About,
  expected: Expected,
): void => {
  const head = headOf(body);
  const format = otherFormatOf(head, expected);
  if (format === undefined) return;
  const reason = reasonIn(head);
  throw new SystemError(
    `${where} answered with ${format} instead of ${expected.format} (content-type ${contentType})${reason ? `: ${excerpt(reason)}` : ''}. ${ADVICE[format]}`,
  );
};

/** Passes chunks on after it has compared the first bytes. */
export async function* withFormat(
  chunks: AsyncIterable<Buffer>,
  about: About,
  expected: Expected,
): AsyncGenerator<Buffer> {
  let head: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of chunks) {
    if (head === undefined) {
      yield chunk;
      continue;
    }
    head = head.length === 0 && chunk.length >= HEAD_LENGTH ? chunk : Buffer.concat([head, chunk]);
    if (head.length < HEAD_LENGTH) continue;
    assertFormat(head, about, expected);
    yield head;
    head = undefined;
  }
  if (head === undefined || head.length === 0) return;
  assertFormat(head, about, expected);
  yield head;
}
