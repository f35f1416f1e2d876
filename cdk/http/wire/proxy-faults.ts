// Faults on the way through a proxy: messages name the proxy, since the target is often not to blame.
import {ConfigError, messageOf} from '../../errors.ts';
import {isObject} from '../../json/values.ts';
import {isExplained, networkCode} from '../response/faults.ts';
import type {ChosenProxy} from './proxies.ts';

/** undici has no field for the status of a response to CONNECT. */
const refusedTunnel = /^Proxy response \((\d{3})\) !== 200/;

const LOGIN_REQUIRED = 'Proxy Authentication Required (407)';

/** The status that the proxy itself responded with, instead of passing the request on. */
const statusOf = (fault: unknown): number | undefined => {
  const message = messageOf(fault);
  if (message === LOGIN_REQUIRED) return 407;
  const [, status] = refusedTunnel.exec(message) ?? [];
  return status === undefined ? undefined : Number(status);
};

const adviceFor = (status: number, {url, token}: ChosenProxy): string => {
  if (status !== 407) return 'Ask its owner to allow that host, or set NO_PROXY or another proxy.';
  const [scheme, host] = url.split('://');
  return token === undefined
    ? `It requires a user and a password: put them into its URL, ${scheme}://user:password@${host}.`
    : 'It does not accept the user and the password in its URL: check them.';
};

/** The fault with the name of the proxy. A refusal of the proxy is an error for the user, unless it is of the kind that passes. */
export const throughProxy = (fault: unknown, target: URL, proxy: ChosenProxy): unknown => {
  if (isExplained(fault)) return fault;
  const status = statusOf(fault);
  if (status !== undefined && status < 500) {
    return new ConfigError(
      `${proxy.name} refused to connect to ${target.host} with status ${status}. ${adviceFor(status, proxy)}`.replace(
        /^the/,
        'The',
      ),
      {cause: fault},
    );
  }
  const isTunnel = status !== undefined || /PRX/.test(networkCode(fault) ?? '');
  return Object.assign(new Error(`${messageOf(fault)} (through ${proxy.name})`, {cause: fault}), {
    // A timeout has no code but its name.
    name: isObject(fault) && typeof fault['name'] === 'string' ? fault['name'] : 'Error',
    proxy: proxy.name,
    ...(isTunnel && {code: status === undefined ? 'UND_ERR_PRX_CONN' : `PROXY_STATUS_${status}`}),
  });
};
