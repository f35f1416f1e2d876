import {isUtf8} from 'node:buffer';
import {messageOf, SystemError} from '../../errors.ts';
import {excerpt} from '../../json/trim.ts';
import {isObject} from '../../json/values.ts';
import {inBatches} from './batches.ts';
import {assertDeclared, declaredIn, looksLikeUtf8, meantBy, shownIn} from './charset.ts';
import type {About, Batch, Decoder, StreamOptions} from './decoder.ts';
import {assertFits} from './memory.ts';
import {assertFormat, HEAD_LENGTH} from './other-format.ts';
import {shapedRecords} from './record-shape.ts';
import {assertRecords} from './records-in-document.ts';
import {openText} from './text.ts';
import {emptyBodyError, truncationError} from './truncated-body.ts';
import {expandEntities} from './xml-entities.ts';

type XmlOptions = {
  /** Put before an attribute's name, to distinguish it from an element. Default `@`. */
  readonly attributePrefix?: string;
  /** An encoding's name on the web: `windows-1252`. Default: that of the byte order mark, the content-type or the XML, else UTF-8. */
  readonly encoding?: string;
};

/** Of `<?xml version="1.0" encoding="ISO-8859-1"?>`. A declaration that is readable byte by byte is not in UTF-16, whatever it says. */
const declaredInside = (body: Buffer): string | undefined => {
  const name = /^\uFEFF?\s*<\?xml[^>]*?\sencoding\s*=\s*["']([^"']+)["']/.exec(
    body.toString('utf8', 0, 200),
  )?.[1];
  return name === undefined || /^utf-?16/i.test(name) ? undefined : name;
};

/** The header counts more than the declaration (RFC 7303 §3), but if one of them is UTF-8, the bytes decide. */
const declaredFor = (body: Buffer, about: About): string => {
  const inside = declaredInside(body);
  const names = [declaredIn(about), meantBy(inside) ?? inside].filter((name) => name !== undefined);
  const [first = 'utf-8', second = first] = names;
  if (first === second || ![first, second].includes('utf-8')) return first;
  const other = first === 'utf-8' ? second : first;
  return isUtf8(body) ? 'utf-8' : other;
};

const decodeXmlBody = (body: Buffer, about: About, encoding = shownIn(body)): string => {
  const name = encoding ?? declaredFor(body, about);
  if (encoding === undefined && name !== 'utf-8') assertDeclared(looksLikeUtf8(body), name, about);
  const {decode, end} = openText(name, about);
  return decode(body) + end();
};

const isTruncated = (text: string): boolean => {
  const root = /<([^\s/>?!][^\s/>]*)/.exec(text)?.[1];
  return (
    root !== undefined && !/\/\s*>$/.test(text) && !text.includes(`</${root}`, text.length - 500)
  );
};

const parse = async (body: Buffer, about: About, options: XmlOptions): Promise<unknown> => {
  assertFits(body, about.where, 'XML');
  const {XMLParser, XMLValidator} = await import('fast-xml-parser');
  const text = decodeXmlBody(body, about, options.encoding).trim();
  const {where, contentType = 'not given'} = about;
  if (text === '') throw emptyBodyError('XML', where);
  // XHTML that is declared as such is XML.
  if (!/xhtml/i.test(contentType))
    assertFormat(Buffer.from(text.slice(0, HEAD_LENGTH)), about, {format: 'XML'});
  const fault = (reason: string, cause?: unknown): Error =>
    isTruncated(text)
      ? truncationError('XML', where, `content-type ${contentType}, ${body.length} bytes`, cause)
      : new SystemError(
          `${where} answered with something that is not XML (content-type ${contentType}, ${body.length} bytes): ${excerpt(reason)}`,
          {cause},
        );
  try {
    const expanded = expandEntities(text);
    const valid = XMLValidator.validate(expanded);
    if (valid !== true) throw fault(`${valid.err.msg} (line ${valid.err.line})`);
    return new XMLParser({
      ignoreAttributes: false,
      attributeNamePrefix: options.attributePrefix ?? '@',
      // Strings stay strings: '007' is not 7, and '1e3' is not 1000.
      parseTagValue: false,
      parseAttributeValue: false,
      ignoreDeclaration: true,
      ignorePiTags: true,
      // Decodes &#228;. All other references are replaced by then.
      htmlEntities: true,
    }).parse(expanded);
  } catch (cause) {
    if (cause instanceof SystemError) throw cause;
    throw fault(messageOf(cause), cause);
  }
};

/** An element that occurs once is not a list, so each step handles one and many. */
const elementsOf = (value: unknown): readonly unknown[] => {
  if (value === undefined || value === '') return [];
  return Array.isArray(value) ? value.filter((element) => element !== '') : [value];
};

const childrenOf = (element: unknown, name: string): readonly unknown[] => {
  if (!isObject(element)) return [];
  if (name === '*') return Object.values(element).flatMap(elementsOf);
  return Object.hasOwn(element, name) ? elementsOf(element[name]) : [];
};

/** The elements at a path such as `feed.entry`, as a list. Only the root must exist. An empty element is not a record. */
const find = (document: unknown, path: string): unknown => {
  const [root = '', ...names] = path.split('.');
  if (!isObject(document) || !(root === '*' || Object.hasOwn(document, root))) return undefined;
  return [root, ...names].reduce<readonly unknown[]>(
    (elements, name) => elements.flatMap((element) => childrenOf(element, name)),
    [document],
  );
};

const read = async (chunks: AsyncIterable<Buffer>, {where, limit}: StreamOptions) => {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    // A copy, because the chunk's memory is reused.
    parts.push(Buffer.from(chunk));
    bytes += chunk.length;
    if (bytes > limit) {
      throw new SystemError(
        `${where} answered with XML of more than ${limit} bytes, and all of it must be in memory. Request smaller parts or another format, or raise \`maxBodyBytes\`.`,
      );
    }
  }
  return Buffer.concat(parts, bytes);
};

async function* readRecords(
  chunks: AsyncIterable<Buffer>,
  stream: StreamOptions,
  options: XmlOptions,
): AsyncGenerator<Batch> {
  const body = await read(chunks, stream);
  const document = await parse(body, stream, options);
  const {where, records: path, withoutRecords, shape} = stream;
  const found = path === undefined ? document : find(document, path);
  const records = shape
    ? shapedRecords(document, {
        ...{where, path, shape, withoutRecords, childrenOf},
        isMissing: found === undefined,
      })
    : assertRecords({where, path, found, document, withoutRecords});
  yield {records, bytes: body.length};
}

/**
 * An XML document as an object: attributes have a prefix, repeated elements are lists, and all values are trimmed strings.
 * `records: 'feed.entry'` finds any number of elements.
 */
export const xml = (options: XmlOptions = {}): Decoder => ({
  accept: 'application/xml, text/xml, */*;q=0.1',
  decode: (body, about) => parse(body, about, options),
  stream: (chunks, stream) => inBatches(readRecords(chunks, stream, options)),
  find,
  childrenOf,
});
