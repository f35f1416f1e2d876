import {SystemError} from '../../errors.ts';

/** A pattern is `api.example.com`, or `*.example.com` for all subdomains. */
const matches = (host: string, pattern: string): boolean =>
  pattern.startsWith('*.')
    ? host.endsWith(pattern.slice(1).toLowerCase())
    : host === pattern.toLowerCase();

/** Throws for a host that is not on the list. Without a list every host is allowed. */
export const assertAllowed = (url: URL, hosts: readonly string[] | undefined): void => {
  if (hosts === undefined || hosts.some((pattern) => matches(url.hostname, pattern))) return;
  throw new SystemError(
    `${url.origin} is not among the hosts that this source may reach (${hosts.join(', ')}), so nothing was sent there. If it should be, add it to \`allowedHosts\`.`,
  );
};
