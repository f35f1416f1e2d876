// A proxy for programs under test (HTTP_PROXY, HTTPS_PROXY) that records every request to any host, including TLS, and
// lets one server respond for all hosts.
import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {createServer, type IncomingHttpHeaders, type RequestListener} from 'node:http';
import {createServer as createSecureServer} from 'node:https';
import type {AddressInfo, Socket} from 'node:net';
import {join} from 'node:path';

/** A request through the proxy, or the CONNECT for one. */
export type Seen = {
  readonly method: string;
  readonly origin: string;
  /** With the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** The status of the response. */
  readonly status: number;
  /** The request's violations of the contract, by Prism. Violations of Prism's own example are left out. */
  readonly violations: readonly string[];
};

type Reply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** Changes a response of the server on its way back. */
export type Edit = (reply: Reply, requested: URL) => Reply;

/** A self-signed certificate for these hosts. */
const makeCertificate = (folder: string, hosts: readonly string[]) => {
  const names = hosts.map((host) => `DNS:${host}`).join(',');
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const to = ['-keyout', 'proxy-key.pem', '-out', 'proxy-cert.pem', '-days', '2'];
  const of = ['-subj', '/CN=proxy', '-addext', `subjectAltName=${names}`];
  execFileSync('openssl', ['req', '-x509', ...key, ...to, ...of], {cwd: folder, stdio: 'ignore'});
  const file = join(folder, 'proxy-cert.pem');
  return {file, cert: readFileSync(file), key: readFileSync(join(folder, 'proxy-key.pem'))};
};

/** Headers of the connection, not of the request or the response. */
const HOP = new Set(['connection', 'host', 'keep-alive', 'content-length', 'transfer-encoding']);

const passable = (headers: Iterable<readonly [string, unknown]>): Record<string, string> =>
  Object.fromEntries(
    [...headers].flatMap(([name, value]) => (HOP.has(name) ? [] : [[name, String(value)]])),
  );

const forward = async (
  url: string,
  method: string,
  headers: IncomingHttpHeaders,
): Promise<Reply> => {
  const requested = passable(Object.entries(headers));
  const response = await fetch(url, {method, headers: requested, redirect: 'manual'});
  const {status} = response;
  return {status, headers: passable(response.headers), body: await response.text()};
};

type Violation = {readonly location: readonly string[]; readonly message: string};

const violationsIn = ({headers}: Reply): readonly string[] => {
  const violations: readonly Violation[] = JSON.parse(headers['sl-violations'] ?? '[]');
  return violations.flatMap(({location, message}) => (location[0] === 'request' ? [message] : []));
};

type Options = {
  /** The server that responds, whatever host was requested. */
  readonly upstream: string;
  /** The hosts of its certificate for TLS. */
  readonly hosts: readonly string[];
  /** The `accept` header that the server gets, whatever was requested. */
  readonly accept: string;
};

/** @param folder for its certificate */
export const startRecordingProxy = async (folder: string, {upstream, hosts, accept}: Options) => {
  const {file, cert, key} = makeCertificate(folder, hosts);
  const log: Seen[] = [];
  let edit: Edit = (reply) => reply;

  const handle =
    (scheme: string): RequestListener =>
    async ({method = '', url = '', headers}, response) => {
      // A proxy gets the whole URL; within a tunnel it is a path.
      const requested = new URL(url, `${scheme}://${headers.host}`);
      const path = `${requested.pathname}${requested.search}`;
      const reply = edit(
        await forward(`${upstream}${path}`, method, {...headers, accept}),
        requested,
      );
      const {origin} = requested;
      const violations = violationsIn(reply);
      log.push({method, origin, path, headers, status: reply.status, violations});
      response.writeHead(reply.status, reply.headers).end(reply.body);
    };
  const plain = createServer(handle('http'));
  const secure = createSecureServer({cert, key}, handle('https'));
  plain.on('connect', ({url = '', headers}, socket: Socket) => {
    log.push({method: 'CONNECT', origin: url, path: '', headers, status: 200, violations: []});
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    (url.endsWith(':443') ? secure : plain).emit('connection', socket);
  });
  await new Promise<void>((resolve) => {
    plain.listen(0, '127.0.0.1', resolve);
  });
  const {port} = plain.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return {
    /** The environment of a program that uses and trusts this proxy. */
    env: {HTTP_PROXY: url, HTTPS_PROXY: url, NO_PROXY: '', no_proxy: '', NODE_EXTRA_CA_CERTS: file},
    /** Sets how later responses are changed, and forgets the recorded requests. */
    use: (next: Edit): void => {
      edit = next;
      log.length = 0;
    },
    seen: (): readonly Seen[] => [...log],
    close: async (): Promise<void> => {
      plain.closeAllConnections();
      secure.closeAllConnections();
      await new Promise((resolve) => plain.close(resolve));
    },
  };
};
