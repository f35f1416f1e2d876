// Prints the body of a request. What a body declares about its encoding must be true: a server would misread it unnoticed.
import {SystemError} from '../../errors.ts';
import {printExact} from '../../json/exact.ts';
import {printForm} from '../query.ts';
import {describeRequest, type HttpRequest} from '../types.ts';

const charsetIn = (contentType: string): string | undefined =>
  /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(contentType)?.[1];

/** `<?xml version="1.0" encoding="ISO-8859-1"?>` */
const declaredIn = (text: string): string | undefined =>
  /^\s*<\?xml\s[^>]*encoding\s*=\s*["']([^"']+)/i.exec(text.slice(0, 200))?.[1];

const ASCII = /^[\t\n\r\x20-\x7e]*$/;

const assertUtf8 = (request: HttpRequest, text: string, contentType: string): void => {
  const named = [charsetIn(contentType), declaredIn(text)].find(
    (name) => name !== undefined && !/^utf-?8$/i.test(name),
  );
  if (named === undefined || (/^(us-)?ascii$/i.test(named) && ASCII.test(text))) return;
  throw new SystemError(
    `${describeRequest(request)}: the body of the request declares the encoding "${named}", but a string is sent in UTF-8. Declare UTF-8, or set \`body\` to a Uint8Array in that encoding.`,
  );
};

/** The body and its type; undefined without one. */
export const bodyOf = (request: HttpRequest) => {
  const {json, form, content, headers} = request;
  if (content !== undefined) {
    const printed = content.print(form ?? {});
    const type = headers['content-type'] ?? content.type;
    if (typeof printed !== 'string') return {type, body: Buffer.from(printed)};
    assertUtf8(request, printed, type);
    return {type, body: printed};
  }
  if (json !== undefined) return {type: 'application/json', body: printExact(json)};
  return form === undefined
    ? undefined
    : {type: 'application/x-www-form-urlencoded', body: printForm(form)};
};

/** Says if a request has a body. */
export const hasBody = ({json, form, content}: HttpRequest): boolean =>
  json !== undefined || form !== undefined || content !== undefined;
