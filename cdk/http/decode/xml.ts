import {messageOf, SystemError} from '../../errors.ts';
import {isObject} from '../../json/values.ts';
import {inBatches} from './batches.ts';
import type {About, Batch, Decoder, StreamOptions} from './decoder.ts';
import {assertRecords} from './records-in-document.ts';
import {openText} from './text.ts';
import {truncationError} from './truncated-body.ts';

type XmlOptions = {
  /** What goes before the name of an attribute, so that it can't be taken for an element. Default `@`. */
  readonly attributePrefix?: string;
  /** The text's encoding. Default: what the XML declares itself, else UTF-8. */
  readonly encoding?: string;
};

/** By the byte order mark, else by the declaration: `<?xml version="1.0" encoding="ISO-8859-1"?>`. */
const encodingOf = (body: Buffer): string => {
  if (body[0] === 0xff && body[1] === 0xfe) return 'utf-16le';
  if (body[0] === 0xfe && body[1] === 0xff) return 'utf-16be';
  const declared = /^\uFEFF?\s*<\?xml[^>]*?\sencoding\s*=\s*["']([^"']+)["']/.exec(
    body.toString('utf8', 0, 200),
  )?.[1];
  // Who can read the declaration byte by byte does not read UTF-16, whatever it says.
  return declared === undefined || /^utf-?16/i.test(declared) ? 'utf-8' : declared;
};

const decodeXmlBody = (body: Buffer, about: About, encoding = encodingOf(body)): string => {
  const {decode, end} = openText(encoding, about);
  return decode(body) + end();
};

/** Whether the root element is not closed. */
const isTruncated = (text: string): boolean => {
  const root = /<([^\s/>?!][^\s/>]*)/.exec(text)?.[1];
  return (
    root !== undefined && !/\/\s*>$/.test(text) && !text.includes(`</${root}`, text.length - 500)
  );
};

const parse = async (body: Buffer, about: About, options: XmlOptions): Promise<unknown> => {
  const {XMLParser, XMLValidator} = await import('fast-xml-parser');
  const text = decodeXmlBody(body, about, options.encoding).trim();
  const {where, contentType = 'not given'} = about;
  const fault = (told: string, cause?: unknown): Error =>
    isTruncated(text)
      ? truncationError('XML', where, `content-type ${contentType}, ${body.length} bytes`, cause)
      : new SystemError(
          `${where} answered with something that is not XML (content-type ${contentType}, ${body.length} bytes): ${told}`,
          {cause},
        );
  const valid = XMLValidator.validate(text);
  if (valid !== true) throw fault(`${valid.err.msg} (line ${valid.err.line})`);
  try {
    return new XMLParser({
      ignoreAttributes: false,
      attributeNamePrefix: options.attributePrefix ?? '@',
      // Texts stay texts: '007' is no 7, and '1e3' no 1000.
      parseTagValue: false,
      parseAttributeValue: false,
      ignoreDeclaration: true,
      ignorePiTags: true,
      // Decodes &#228; and &copy;, too. Entities of the document's own are not nested, external ones are refused.
      htmlEntities: true,
    }).parse(text);
  } catch (cause) {
    throw fault(messageOf(cause), cause);
  }
};

/** An element that comes once is no list, so at each step there may be one or many. */
const elementsOf = (value: unknown): readonly unknown[] => {
  if (value === undefined || value === '') return [];
  return Array.isArray(value) ? value.filter((element) => element !== '') : [value];
};

const childrenOf = (element: unknown, name: string): readonly unknown[] => {
  if (!isObject(element)) return [];
  if (name === '*') return Object.values(element).flatMap(elementsOf);
  return Object.hasOwn(element, name) ? elementsOf(element[name]) : [];
};

/**
 * The elements at a path such as `feed.entry`, however many there are: XML has no lists, so none and one look different.
 * Only the root must be there. An empty element is no record: it holds nothing.
 */
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
    // A copy: the reader may fill the chunk's memory again.
    parts.push(Buffer.from(chunk));
    bytes += chunk.length;
    if (bytes > limit) {
      throw new SystemError(
        `${where} answered with XML of more than ${limit} bytes, and XML is held in memory as a whole. Ask for smaller parts or for another format, or raise \`maxBodyBytes\`.`,
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
  const {where, records: path} = stream;
  const found = path === undefined ? document : find(document, path);
  yield {records: assertRecords({where, path, found, document}), bytes: body.length};
}

/**
 * An XML document as an object: attributes with a prefix, elements that repeat as lists, all values as texts without
 * the spaces around them. `records: 'feed.entry'` finds none, one or many.
 */
export const xml = (options: XmlOptions = {}): Decoder => ({
  accept: 'application/xml, text/xml, */*;q=0.1',
  decode: (body, about) => parse(body, about, options),
  stream: (chunks, stream) => inBatches(readRecords(chunks, stream, options)),
  find,
});
