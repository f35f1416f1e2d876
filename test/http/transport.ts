import {SOURCE_SCOPE} from '../../cdk/http/request-scope.ts';
import {isTransientFault, networkCode} from '../../cdk/http/response/faults.ts';
import type {HttpRequest} from '../../cdk/http/types.ts';
import {DEFAULT_TIMEOUTS, type Timeouts} from '../../cdk/http/wire/timeouts.ts';
import {openTransport, type TransportOptions} from '../../cdk/http/wire/transport.ts';

export const requestTo = (url: string, headers: HttpRequest['headers'] = {}): HttpRequest => ({
  method: 'GET',
  url: new URL(url),
  scope: SOURCE_SCOPE,
  headers,
});

/** Sends one request over its own transport. */
export const fetchWith = async (options: TransportOptions, sent: HttpRequest) => {
  const {send, close} = openTransport(DEFAULT_TIMEOUTS, new AbortController().signal, options);
  try {
    return await send(sent);
  } finally {
    await close();
  }
};

/** The same with other time limits. */
export const fetchOnce = async (
  sent: HttpRequest,
  timeouts: Partial<Timeouts> = {},
  signal = new AbortController().signal,
) => {
  const {send, close} = openTransport({...DEFAULT_TIMEOUTS, ...timeouts}, signal);
  try {
    return await send(sent);
  } finally {
    await close();
  }
};

/** The failure of a request: its code or name, and whether it is transient. */
export const faultOf = async (url: string, timeouts: Partial<Timeouts> = {}) => {
  try {
    await fetchOnce(requestTo(url), timeouts);
  } catch (error) {
    return {code: networkCode(error) ?? String(error), transient: isTransientFault(error)};
  }
  throw new Error('Nothing failed.');
};
