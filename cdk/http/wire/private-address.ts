// Addresses that mean nothing in the public internet: of this machine, of a private network, and of cloud metadata services.
// https://www.iana.org/assignments/iana-ipv4-special-registry, https://www.iana.org/assignments/iana-ipv6-special-registry
import dns, {type LookupAddress, type LookupOptions} from 'node:dns';
import {BlockList, isIP, type LookupFunction} from 'node:net';

const PRIVATE_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10', // carriers' NAT, and Tailscale
  '127.0.0.0/8',
  '169.254.0.0/16', // link-local: 169.254.169.254 has the credentials of a cloud machine
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3', // multicast, reserved and broadcast
];

const PRIVATE_V6 = [
  '::/96', // unspecified, loopback, and IPv4 in an old form
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/23', // Teredo and others
  '2001:db8::/32',
  '2002::/16', // 6to4
  'fc00::/7',
  'fe80::/9', // link-local and site-local
  'ff00::/8',
];

/** The subnets of a list, made when they are first needed: loading `node:net` takes longer than the rest of a start. */
const subnets = (v4: readonly string[], v6: readonly string[]): (() => BlockList) => {
  let list: BlockList | undefined;
  return () => {
    if (list !== undefined) return list;
    list = new BlockList();
    for (const [family, ranges] of [
      ['ipv4', v4],
      ['ipv6', v6],
    ] as const) {
      for (const range of ranges) {
        const [network = '', prefix] = range.split('/');
        list.addSubnet(network, Number(prefix), family);
      }
    }
    return list;
  };
};

const privateRanges = subnets(PRIVATE_V4, PRIVATE_V6);

/** A gateway to IPv4, whose address is in the last 32 bits: https://www.rfc-editor.org/rfc/rfc6052#section-2.1 */
const nat64 = subnets([], ['64:ff9b::/96']);

/** `64:ff9b::7f00:1` is 127.0.0.1. */
const embeddedIn = (address: string): string => {
  const [high = 0, low = 0] = new URL(`http://[${address}]`).hostname
    .slice(1, -1)
    .split(':')
    .slice(-2)
    .map((part) => Number.parseInt(part || '0', 16));
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
};

/** Cloud machines get their credentials there, so not even a private server may lead there. */
const linkLocal = subnets(['169.254.0.0/16'], ['fe80::/10', 'fd00:ec2::254/128']);

const withoutZone = (address: string): string => address.split('%', 1)[0] ?? ''; // `fe80::1%eth0`

export const isLinkLocal = (address: string): boolean => {
  const plain = withoutZone(address);
  return isIP(plain) > 0 && linkLocal().check(plain, isIP(plain) === 4 ? 'ipv4' : 'ipv6');
};

const isPrivateAddress = (address: string): boolean => {
  const plain = withoutZone(address);
  if (isIP(plain) === 4) return privateRanges().check(plain, 'ipv4');
  // The list finds `::ffff:10.0.0.1` among the IPv4 addresses.
  if (!nat64().check(plain, 'ipv6')) return privateRanges().check(plain, 'ipv6');
  return privateRanges().check(embeddedIn(plain), 'ipv4');
};

/** Names that no public DNS has: https://www.rfc-editor.org/rfc/rfc6761, RFC 6762, RFC 8375; and `metadata`, `minio`. */
const PRIVATE_NAME = /^[^.]+$|(^|\.)(localhost|localdomain|local|internal|home\.arpa)$/;

/** True for a host that is private by its name. `URL` has already turned `0x7f.1` and `2130706433` into `127.0.0.1`. */
export const isPrivateHost = (hostname: string): boolean => {
  const host = hostname.replace(/^\[|\]$|\.$/g, '').toLowerCase();
  return isIP(host) === 0 ? PRIVATE_NAME.test(host) : isPrivateAddress(host);
};

/** The first private address of a name. */
const privateIn = (found: readonly LookupAddress[]): string | undefined =>
  found.map(({address}) => address).find(isPrivateAddress);

const lookup = (hostname: string, options: LookupOptions = {}): Promise<LookupAddress[]> =>
  new Promise((resolve, reject) => {
    dns.lookup(hostname, {...options, all: true}, (error, found) =>
      error ? reject(error) : resolve(found),
    );
  });

/** True for a host that is private, or has a private address. A name that is not found is not. */
export const leadsToPrivate = async (hostname: string): Promise<boolean> => {
  if (isPrivateHost(hostname)) return true;
  const found = await lookup(hostname).catch(() => []);
  return privateIn(found) !== undefined;
};

/**
 * A lookup for connections, so what is checked is what is connected to.
 * @param judge the error for a private address; undefined if it may be reached
 */
export const guardedLookup = (
  judge: (hostname: string, address: string) => Promise<Error | undefined>,
): LookupFunction => {
  const find = async (hostname: string, options: LookupOptions) => {
    const found = await lookup(hostname, options);
    const address = privateIn(found);
    const refused = address === undefined ? undefined : await judge(hostname, address);
    if (refused) throw refused;
    return found;
  };
  return (hostname, options, callback) => {
    find(hostname, options).then(
      (found) => {
        if (options.all) callback(null, found);
        else callback(null, found[0]?.address ?? '', found[0]?.family);
      },
      (error) => callback(error, []),
    );
  };
};
