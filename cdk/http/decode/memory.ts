// Refuses a body whose content would not fit into memory: V8 ends the process then, without an error that could be caught.
import {constants} from 'node:buffer';
import {getHeapStatistics} from 'node:v8';
import {SystemError} from '../../errors.ts';

/** Of each byte: its strings, as they are read and copied. The parser of XML copies more. */
const BYTE = {other: 4, XML: 8} as const;

/** Of what begins a value, in bytes. Measured with Node 24 and fast-xml-parser 5 on documents of one kind of value each. */
const SIGNS = {'{': 120, '[': 120, ',': 24, '<': 240, '=': 130, '\n': 150, '\r': 150} as const;

const COSTS = new Uint8Array(256);
for (const [sign, cost] of Object.entries(SIGNS)) COSTS[sign.charCodeAt(0)] = cost;

const MAX_COST = Math.max(...Object.values(SIGNS)) + BYTE.XML;

/** The rest is for everything else. */
const MAX_SHARE = 0.7;

const estimated = (body: Buffer, format: keyof typeof BYTE): number => {
  let sum = body.length * BYTE[format];
  for (const byte of body) sum += COSTS[byte] ?? 0;
  return sum;
};

const mebibytes = (bytes: number): number => Math.ceil(bytes / 1024 ** 2);

/** @param heap the most bytes that V8 may use */
export const assertFits = (
  body: Buffer,
  where: string,
  format: keyof typeof BYTE = 'other',
  heap: number = getHeapStatistics().heap_size_limit,
): void => {
  const most = heap * MAX_SHARE;
  const advice = 'Request smaller parts, or use `http.download` with a format other than XML';
  if (body.length > constants.MAX_STRING_LENGTH) {
    throw new SystemError(
      `${where} answered with ${mebibytes(body.length)} MiB, and no string may be that long. ${advice}.`,
    );
  }
  if (body.length * MAX_COST <= most) return;
  const cost = estimated(body, format);
  if (cost <= most) return;
  throw new SystemError(
    `${where} answered with ${mebibytes(body.length)} MiB, which take about ${mebibytes(cost)} MiB of memory when they are read, but ${mebibytes(most)} MiB may be used. ${advice}; or give it more memory: NODE_OPTIONS=--max-old-space-size=${mebibytes(cost / MAX_SHARE)}.`,
  );
};
