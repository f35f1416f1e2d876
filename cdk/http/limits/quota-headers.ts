// Reads the remaining quota from the headers of a response.
import {numberIn, serverTime, timeIn, untilReset} from '../response/retry-after.ts';
import type {HttpResponse} from '../types.ts';
import {type HeaderSet, type ResetUnit, VENDORS, type VendorSet} from './vendor-headers.ts';

export type Quota = {
  /** Distinguishes several quotas of one response; '' if it has no name. */
  readonly name: string;
  /** Requests in the whole window, if known. */
  readonly limit: number | undefined;
  readonly remaining: number;
  /** Milliseconds until the reset. */
  readonly reset: number;
};

type Headers = HttpResponse['headers'];
type Item = {readonly name: string; readonly parameters: ReadonlyMap<string, string>};

const unquoted = (text: string): string => text.trim().replace(/^"(.*)"$/, '$1');

/** Splits at separators outside quotes. */
const splitAtCommas = (text: string) => text.match(/(?:"(?:[^"\\]|\\.)*"|[^,"])+/g) ?? [];
const splitAtSemicolons = (text: string) => text.match(/(?:"(?:[^"\\]|\\.)*"|[^;"])+/g) ?? [];

const parametersOf = (parts: readonly string[]): ReadonlyMap<string, string> =>
  new Map(
    parts.map((part) => {
      const [key = '', ...value] = part.split('=');
      return [key.trim().toLowerCase(), unquoted(value.join('='))];
    }),
  );

/** A list of Structured Fields (RFC 9651): `"burst";q=100;w=60, "day";q=5000;w=86400`. */
const itemsIn = (text = ''): readonly Item[] =>
  splitAtCommas(text).map((item) => {
    const [name = '', ...rest] = splitAtSemicolons(item);
    return {name: unquoted(name), parameters: parametersOf(rest)};
  });

const quotaOf = (
  name: string,
  limit: string | undefined,
  remaining: number | undefined,
  reset: number | undefined,
): readonly Quota[] =>
  remaining === undefined || reset === undefined || reset <= 0
    ? []
    : [{name, limit: numberIn(limit), remaining, reset}];

const secondsIn = (text: string | undefined): number | undefined => {
  const seconds = numberIn(text);
  return seconds === undefined ? undefined : seconds * 1000;
};

/**
 * `RateLimit: "burst";r=50;t=30` with `RateLimit-Policy: "burst";q=100;w=60`
 * (draft-ietf-httpapi-ratelimit-headers-08 and later); before that `RateLimit: limit=100, remaining=50, reset=30`.
 * Quotas of other units than requests, such as bytes, are ignored.
 */
const structured = (headers: Headers): readonly Quota[] => {
  const text = headers['ratelimit'];
  if (text === undefined) return [];
  const old = parametersOf(splitAtCommas(text));
  const remaining = numberIn(old.get('remaining'));
  if (old.has('remaining')) {
    return quotaOf('', old.get('limit'), remaining, secondsIn(old.get('reset')));
  }
  const policies = itemsIn(headers['ratelimit-policy']);
  return itemsIn(text).flatMap(({name, parameters}) => {
    const policy = policies.findLast((item) => item.name === name)?.parameters;
    if ((policy?.get('qu') ?? 'requests') !== 'requests') return [];
    const left = numberIn(parameters.get('r'));
    return quotaOf(name, policy?.get('q'), left, secondsIn(parameters.get('t')));
  });
};

const untilTime = (at: number | undefined, serverNow: number): number | undefined =>
  at === undefined ? undefined : at - serverNow;

/** Milliseconds until a reset in this unit. */
const UNITS: Readonly<Record<ResetUnit, typeof untilReset>> = {
  s: secondsIn,
  ms: numberIn,
  'epoch-s': (text, serverNow) => untilTime(secondsIn(text), serverNow),
  'epoch-ms': (text, serverNow) => untilTime(numberIn(text), serverNow),
  iso: (text, serverNow) => untilTime(timeIn(text), serverNow),
};

/** `100, 100;w=60` is a limit, followed by its policies. */
const first = (text: string | undefined): string | undefined => text?.split(/[,;]/, 1)[0];

const headerOf = (headers: Headers, name: string | undefined): string | undefined =>
  name === undefined ? undefined : headers[name.toLowerCase()];

/** A date contains a comma itself: `Thu, 01 Jan 2026 00:00:30 GMT`. */
const resetText = (text: string | undefined): string | undefined =>
  timeIn(text) === undefined ? first(text) : text;

const flat = (
  headers: Headers,
  {limit, remaining, reset, unit}: HeaderSet,
  {now, name = ''}: {readonly now: number; readonly name?: string},
): readonly Quota[] => {
  const until = unit === undefined ? untilReset : UNITS[unit];
  return quotaOf(
    name,
    first(headerOf(headers, limit)),
    numberIn(first(headerOf(headers, remaining))),
    until(resetText(headerOf(headers, reset)), serverTime(headers) ?? now),
  );
};

/** The quota of a vendor's own headers. Without a reset header it is at most the whole window away. */
const vendorQuota = (headers: Headers, set: VendorSet, now: number): readonly Quota[] => {
  if ('used' in set) {
    // A bucket leaks evenly: if it is a third full, it takes a third of the time to empty.
    const [, used, limit] = /^\s*(\d+)\/(\d+)\s*$/.exec(headers[set.used] ?? '') ?? [];
    if (used === undefined || !(Number(limit) > 0)) return [];
    const reset = (Number(used) / Number(limit)) * set.drains;
    return quotaOf(set.used, limit, Math.max(0, Number(limit) - Number(used)), reset);
  }
  if ('reset' in set) return flat(headers, set, {now, name: set.remaining});
  const {remaining, window} = set;
  const limit = 'limit' in set ? headers[set.limit] : String(set.most);
  return limit === undefined ? [] : quotaOf(remaining, limit, numberIn(headers[remaining]), window);
};

const STANDARD: readonly HeaderSet[] = ['ratelimit-', 'x-ratelimit-'].map((prefix) => ({
  limit: `${prefix}limit`,
  remaining: `${prefix}remaining`,
  reset: `${prefix}reset`,
}));

/** The quotas in the author's headers, else in the standard ones (the newest form first), else in those of single vendors. */
export const quotasIn = (
  {headers}: HttpResponse,
  now: number,
  own: readonly HeaderSet[] = [],
): readonly Quota[] => {
  const named = own.flatMap((set) => flat(headers, set, {now, name: set.remaining.toLowerCase()}));
  if (named.length > 0) return named;
  const standard = structured(headers);
  if (standard.length > 0) return standard;
  for (const set of STANDARD) {
    const quotas = flat(headers, set, {now});
    if (quotas.length > 0) return quotas;
  }
  return VENDORS.flatMap((set) => vendorQuota(headers, set, now));
};
