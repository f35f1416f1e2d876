// What an answer's headers say of the quota that is left.
import type {HttpResponse} from '../message.ts';
import {numberIn, resetIn, serverTime, timeIn} from '../retry-after.ts';

export type Quota = {
  /** Tells several quotas of one answer apart; '' where it has no name. */
  readonly name: string;
  /** Requests in the whole window, where that is told. */
  readonly limit: number | undefined;
  readonly remaining: number;
  /** Milliseconds until it is filled again. */
  readonly reset: number;
};

type Headers = HttpResponse['headers'];
type Item = {readonly name: string; readonly parameters: ReadonlyMap<string, string>};

const unquoted = (text: string): string => text.trim().replace(/^"(.*)"$/, '$1');

/** Splits at a separator that is not within quotes. */
const split = (text: string, separator: ',' | ';'): readonly string[] =>
  text.match(
    separator === ',' ? /(?:"(?:[^"\\]|\\.)*"|[^,"])+/g : /(?:"(?:[^"\\]|\\.)*"|[^;"])+/g,
  ) ?? [];

const parametersOf = (parts: readonly string[]): ReadonlyMap<string, string> =>
  new Map(
    parts.map((part) => {
      const [key = '', ...value] = part.split('=');
      return [key.trim().toLowerCase(), unquoted(value.join('='))];
    }),
  );

/** A list of Structured Fields (RFC 9651): `"burst";q=100;w=60, "day";q=5000;w=86400`. */
const itemsIn = (text = ''): readonly Item[] =>
  split(text, ',').map((item) => {
    const [name = '', ...rest] = split(item, ';');
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
 * Quotas of something else than requests, such as bytes, are left to the server.
 */
const structured = (headers: Headers): readonly Quota[] => {
  const text = headers['ratelimit'];
  if (text === undefined) return [];
  const whole = parametersOf(split(text, ','));
  if (whole.has('remaining')) {
    return quotaOf(
      '',
      whole.get('limit'),
      numberIn(whole.get('remaining')),
      secondsIn(whole.get('reset')),
    );
  }
  const policies = new Map(
    itemsIn(headers['ratelimit-policy']).map(({name, parameters}) => [name, parameters]),
  );
  return itemsIn(text).flatMap(({name, parameters}) => {
    const policy = policies.get(name);
    if ((policy?.get('qu') ?? 'requests') !== 'requests') return [];
    return quotaOf(
      name,
      policy?.get('q'),
      numberIn(parameters.get('r')),
      secondsIn(parameters.get('t')),
    );
  });
};

/** Three headers of a common beginning. `100, 100;w=60` is a limit with its policies behind it. */
const flat = (headers: Headers, prefix: string, now: number): readonly Quota[] => {
  const first = (name: string): string | undefined =>
    headers[`${prefix}${name}`]?.split(/[,;]/, 1)[0];
  const number = numberIn(first('reset'));
  const date = timeIn(headers[`${prefix}reset`]);
  const serverNow = serverTime(headers) ?? now;
  const reset = number === undefined ? date && date - serverNow : resetIn(number, serverNow);
  return quotaOf('', first('limit'), numberIn(first('remaining')), reset);
};

/** The quotas an answer tells of, by the newest form of headers it has. */
export const quotasIn = ({headers}: HttpResponse, now: number): readonly Quota[] => {
  for (const quotas of [
    structured(headers),
    flat(headers, 'ratelimit-', now),
    flat(headers, 'x-ratelimit-', now),
  ]) {
    if (quotas.length > 0) return quotas;
  }
  return [];
};
