import {describe, expect, test} from '@jest/globals';
import nock from 'nock';
import {request} from 'undici';
import {failureOf} from '../../../test/failure-of.ts';
import {withAuth} from '../../../test/http/authorized.ts';
import {serve} from '../../../test/http/loopback.ts';
import {nextUrl} from '../paginate/next-url.ts';
import {openAgents} from './agent.ts';
import {guardedLookup, isLinkLocal, isPrivateHost} from './private-address.ts';
import {openReach} from './reach.ts';
import {DEFAULT_TIMEOUTS} from './timeouts.ts';

const hostOf = (url: string): string => new URL(url).hostname;

describe('a private host', () => {
  test.each([
    'http://127.0.0.1',
    'http://127.1',
    'http://127.255.255.254',
    'http://2130706433', // decimal
    'http://0x7f000001',
    'http://0x7f.0.0.1',
    'http://0177.0.0.1', // octal
    'http://017700000001',
    'http://１２７.０.０.１', // full-width digits
    'http://①②⑦.0.0.1',
    'http://127.0.0.1.',
    'http://0.0.0.0',
    'http://0',
    'http://10.1.2.3',
    'http://100.64.0.1',
    'http://100.127.255.255',
    'http://169.254.169.254',
    'http://0xA9FEA9FE',
    'http://172.16.0.1',
    'http://172.31.255.255',
    'http://192.168.1.1',
    'http://192.0.0.192', // Oracle's metadata
    'http://198.18.0.1',
    'http://224.0.0.1',
    'http://255.255.255.255',
    'http://[::]',
    'http://[::1]',
    'http://[0:0:0:0:0:0:0:1]',
    'http://[::ffff:127.0.0.1]',
    'http://[::ffff:a9fe:a9fe]',
    'http://[::ffff:10.0.0.1]',
    'http://[::127.0.0.1]',
    'http://[64:ff9b::127.0.0.1]',
    'http://[64:ff9b::a00:1]',
    'http://[64:ff9b:1::1]',
    'http://[2002:7f00:1::]', // 6to4
    'http://[2001:0:1::1]', // Teredo
    'http://[fc00::1]',
    'http://[fd00:ec2::254]', // Amazon's metadata
    'http://[fe80::1]',
    'http://[fec0::1]',
    'http://[ff02::1]',
    'http://[2001:db8::1]',
    'http://localhost',
    'http://LOCALHOST.',
    'http://api.localhost',
    'http://localhost.localdomain',
    'http://printer.local',
    'http://metadata.google.internal',
    'http://metadata.google.internal.',
    'http://router.home.arpa',
    'http://minio',
    'http://kubernetes',
  ])('is recognized in %s', (url) => {
    expect(isPrivateHost(hostOf(url))).toBe(true);
  });

  test.each([
    'http://api.example.com',
    'http://local.example.com',
    'http://localhost.example.com',
    'http://internal.com',
    'http://8.8.8.8',
    'http://9.255.255.255',
    'http://11.0.0.0',
    'http://100.63.255.255',
    'http://100.128.0.0',
    'http://172.15.255.255',
    'http://172.32.0.0',
    'http://192.167.255.255',
    'http://192.169.0.0',
    'http://169.253.1.1',
    'http://198.20.0.1',
    'http://223.255.255.255',
    'http://[2606:4700::1111]',
    'http://[2a00:1450::1]',
    'http://[::ffff:8.8.8.8]',
    'http://[64:ff9b::8.8.8.8]', // a public host in a network that has IPv6 only
  ])('is not recognized in %s', (url) => {
    expect(isPrivateHost(hostOf(url))).toBe(false);
  });

  test.each(['fe80::1%eth0', '::ffff:10.0.0.1'])('is recognized in the address %s', (address) => {
    expect(isPrivateHost(address)).toBe(true);
  });
});

test('a connection is checked at the address that its name resolves to', async () => {
  const judged: string[] = [];
  const connectWith = (refusal: Error | undefined, all: boolean) =>
    new Promise((resolve) => {
      const lookup = guardedLookup(async (hostname, address) => {
        judged.push(`${hostname} ${address}`);
        return refusal;
      });
      lookup('localhost', {all, family: 4}, (error, found) => resolve(error?.message ?? found));
    });
  expect(await connectWith(new Error('no'), true)).toBe('no');
  expect(await connectWith(undefined, true)).toEqual([{address: '127.0.0.1', family: 4}]);
  expect(await connectWith(undefined, false)).toBe('127.0.0.1');
  expect(judged).toEqual(Array(3).fill('localhost 127.0.0.1'));
});

describe('a public API', () => {
  /** A server in the private network, and the number of its requests. */
  const victim = async () => {
    let received = 0;
    const origin = await serve((_message, response) => {
      received += 1;
      response.end('{"items": []}');
    });
    return {port: new URL(origin).port, received: () => received};
  };

  const attack = (
    to: string,
    way: 'link' | 'redirect' | 'own',
    allowedHosts?: readonly string[],
  ) => {
    nock('https://api.test')
      .get('/items')
      .reply(way === 'redirect' ? 302 : 200, {items: [{id: 1}], next: to}, {location: to});
    return withAuth({...(allowedHosts && {allowedHosts}), retry: {attempts: 1}}, async (http) =>
      way === 'own'
        ? http.get(to)
        : Array.fromAsync(http.paginate('/items', {records: 'items', next: nextUrl('next')})),
    );
  };

  test.each([
    ['link', '127.0.0.1'],
    ['link', '2130706433'],
    ['link', '[::ffff:127.0.0.1]'],
    ['link', 'localhost'],
    ['redirect', '127.0.0.1'],
    ['redirect', '0x7f.1'],
    ['redirect', '0.0.0.0'],
    ['own', '127.0.0.1'],
    ['own', 'localhost'],
  ] as const)('gets nobody into the private network by a %s to %s', async (way, host) => {
    const {port, received} = await victim();
    nock.enableNetConnect(/./);
    const {hostname} = new URL(`http://${host}`);
    // A wildcard, as for a cloud's file servers, does not mean this machine.
    const failure = await failureOf(() => attack(`http://${host}:${port}/`, way, ['http://*']));
    const plain = hostname.replace(/[[\]]/g, '');
    expect([failure, received()]).toEqual([
      `ConfigError: ${plain} is in a private network, but https://api.test is public, so nothing was sent there. If the source should reach it, list '${plain}' in \`allowedHosts\`.`,
      0,
    ]);
  });

  test('gets nobody there by a name that resolves to it', async () => {
    const {port, received} = await victim();
    nock.enableNetConnect(/./);
    const {judge} = openReach({baseUrl: 'https://api.test', allowedHosts: ['*']});
    const agents = openAgents(DEFAULT_TIMEOUTS, {
      tls: {},
      proxy: undefined,
      maxHeaderBytes: 16_384,
      judge,
    });
    const url = `http://localhost:${port}/`;
    const {dispatcher} = await agents.to(new URL(url), true);
    const failure = await failureOf(() => request(url, {dispatcher}));
    await agents.destroy();
    expect([failure, received()]).toEqual([
      expect.stringMatching(
        /^ConfigError: localhost has the address (127\.0\.0\.1|::1), which is in a private network, but https:\/\/api\.test is public, so nothing was sent there\. If the source should reach it, list '(127\.0\.0\.1|::1)' in `allowedHosts`\.$/,
      ),
      0,
    ]);
  });

  test.each(['link', 'redirect', 'own'] as const)(
    'may lead there by a %s if the source lists the host',
    async (way) => {
      const {port, received} = await victim();
      await attack(`http://127.0.0.1:${port}/`, way, ['http://127.0.0.1']);
      expect(received()).toBe(1);
    },
  );
});

test('an API in a private network may lead to its neighbours', async () => {
  const other = await serve((_message, response) => response.end('{"items": [{"id": 2}]}'));
  const baseUrl = await serve((_message, response) =>
    response.end(JSON.stringify({items: [{id: 1}], next: other})),
  );
  const {result} = await withAuth({baseUrl, allowedHosts: ['*']}, (http) =>
    Array.fromAsync(
      http.paginate('/', {records: 'items', next: nextUrl('next')}),
      ({records}) => records,
    ),
  );
  expect(result).toEqual([[{id: 1}], [{id: 2}]]);
});

test.each([
  ['169.254.169.254', '169.254.169.254'],
  ['0xa9fea9fe', '169.254.169.254'],
  ['[fe80::1]', 'fe80::1'],
  ['[fd00:ec2::254]', 'fd00:ec2::254'],
])(
  'an API in a private network does not lead to %s, which is link-local',
  async (host, address) => {
    const baseUrl = await serve((_message, response) =>
      response.end(JSON.stringify({items: [{id: 1}], next: `http://${host}/latest/meta-data`})),
    );
    const failure = await failureOf(() =>
      withAuth({baseUrl, allowedHosts: ['*'], retry: {attempts: 1}}, (http) =>
        Array.fromAsync(http.paginate('/', {records: 'items', next: nextUrl('next')})),
      ),
    );
    expect(failure).toBe(
      `ConfigError: ${address} is link-local, as those of metadata services are, so nothing was sent there. If the source should reach it, list '${address}' in \`allowedHosts\`.`,
    );
  },
);

test('a mapped address is link-local as the one that it stands for', () => {
  expect(
    ['::ffff:169.254.1.1', '169.253.1.1', '10.0.0.1', 'fe80::1%eth0'].map(isLinkLocal),
  ).toEqual([true, false, false, true]);
});
