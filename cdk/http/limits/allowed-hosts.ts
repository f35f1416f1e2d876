import {SystemError} from '../../errors.ts';

/** `api.example.com`, or `*.example.com` for all below it. */
const fits = (host: string, pattern: string): boolean =>
  pattern.startsWith('*.')
    ? host.endsWith(pattern.slice(1).toLowerCase())
    : host === pattern.toLowerCase();

/** Throws for a URL whose host is not on the list; without a list every host will do. */
export const assertAllowed = (url: URL, hosts: readonly string[] | undefined): void => {
  if (hosts === undefined || hosts.some((pattern) => fits(url.hostname, pattern))) return;
  throw new SystemError(
    `${url.origin} is not among the hosts that this source may reach (${hosts.join(', ')}), so nothing was sent there. If it should be, add it to \`allowedHosts\`.`,
  );
};
