// PEM (RFC 7468) as it arrives from forms, environment variables and JSON files.
import {isObject} from '../../json/values.ts';

const BLOCK =
  /[-–—]{2,5}\s*BEGIN ([A-Z0-9 ]{1,40}?)\s*[-–—]{2,5}([^-–—]*)[-–—]{2,5}\s*END \1\s*[-–—]{2,5}/g;

/** Line breaks that were escaped once or more often, as `\n` or `\r\n`. */
const ESCAPED = /\\+r\\+n|\\+[rn]|\\+(?=\r?\n)/g;

const NOISE = /[\s\p{Cf}"'\\]/gu;

const block = (label: string, body: string): string =>
  `-----BEGIN ${label}-----\n${(body.match(/.{1,64}/g) ?? []).join('\n')}\n-----END ${label}-----\n`;

/** The field of a whole key file, as Google's service accounts have it. */
const keyIn = (text: string): string => {
  if (!text.startsWith('{')) return text;
  try {
    const file: unknown = JSON.parse(text);
    const key = isObject(file) ? file['private_key'] : undefined;
    return typeof key === 'string' ? key : text;
  } catch {
    return text;
  }
};

/** A whole PEM file in base64, as CI systems and Kubernetes hold it. */
const fromBase64 = (text: string): string => {
  const compact = text.replace(NOISE, '');
  if (!/^LS0t[\w+/=-]+$/.test(compact)) return text;
  return Buffer.from(compact, 'base64').toString('utf8');
};

/**
 * The blocks of a PEM file with their lines restored. Forms turn line breaks into spaces or nothing, environment variables
 * into `\n`. A text without a block, and a block with headers (an encrypted key of the old kind), stay as they are.
 */
export const restorePem = (pasted: string): string => {
  const text = fromBase64(keyIn(pasted.trim())).replace(ESCAPED, '\n');
  const blocks = [...text.matchAll(BLOCK)].map(([, label = '', body = '']) => ({
    label,
    body: body.replace(NOISE, ''),
  }));
  const isWhole =
    blocks.length > 0 && blocks.every(({body}) => /^[A-Za-z0-9+/]+={0,2}$/.test(body));
  return isWhole ? blocks.map(({label, body}) => block(label, body)).join('') : text;
};
