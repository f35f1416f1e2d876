// A proxy for programs under test (HTTP_PROXY, HTTPS_PROXY) that sees all they send, wherever it goes, TLS included, and
// lets one server answer for every host.
import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {createServer, type IncomingHttpHeaders, type RequestListener} from 'node:http';
import {createServer as createSecureServer} from 'node:https';
import type {AddressInfo, Socket} from 'node:net';
import {join} from 'node:path';

/** A request that came by, or the CONNECT for one. */
export type Seen = {
  readonly method: string;
  readonly origin: string;
  /** With the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** What it was answered with. */
  readonly status: number;
  /** What about the request breaks the contract, in Prism's words. It may tell of its own example, too: not here. */
  readonly violations: readonly string[];
};

type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** Changes an answer of the server on its way back. */
export type Edit = (answer: Answer, asked: URL) => Answer;

/** A certificate for these hosts, which is its own authority. */
const makeCertificate = (folder: string, hosts: readonly string[]) => {
  const names = hosts.map((host) => `DNS:${host}`).join(',');
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const to = ['-keyout', 'proxy-key.pem', '-out', 'proxy-cert.pem', '-days', '2'];
  const of = ['-subj', '/CN=proxy', '-addext', `subjectAltName=${names}`];
  execFileSync('openssl', ['req', '-x509', ...key, ...to, ...of], {cwd: folder, stdio: 'ignore'});
  const file = join(folder, 'proxy-cert.pem');
  return {file, cert: readFileSync(file), key: readFileSync(join(folder, 'proxy-key.pem'))};
};

/** What is about the connection rather than about the request or the answer. */
const HOP = new Set(['connection', 'host', 'keep-alive', 'content-length', 'transfer-encoding']);

const passable = (headers: Iterable<readonly [string, unknown]>): Record<string, string> =>
  Object.fromEntries(
    [...headers].flatMap(([name, value]) => (HOP.has(name) ? [] : [[name, String(value)]])),
  );

const ask = async (url: string, method: string, headers: IncomingHttpHeaders): Promise<Answer> => {
  const asked = passable(Object.entries(headers));
  const response = await fetch(url, {method, headers: asked, redirect: 'manual'});
  const {status} = response;
  return {status, headers: passable(response.headers), body: await response.text()};
};

type Violation = {readonly location: readonly string[]; readonly message: string};

const violationsIn = ({headers}: Answer): readonly string[] => {
  const violations: readonly Violation[] = JSON.parse(headers['sl-violations'] ?? '[]');
  return violations.flatMap(({location, message}) => (location[0] === 'request' ? [message] : []));
};

type Options = {
  /** Who answers, whichever host was asked. */
  readonly upstream: string;
  /** For whose TLS it can show a certificate. */
  readonly hosts: readonly string[];
  /** What the server is told to answer with, whatever it was asked for. */
  readonly accept: string;
};

/** @param folder where its certificate goes */
export const startRecordingProxy = async (folder: string, {upstream, hosts, accept}: Options) => {
  const {file, cert, key} = makeCertificate(folder, hosts);
  const log: Seen[] = [];
  let edit: Edit = (answer) => answer;

  const handle =
    (scheme: string): RequestListener =>
    async ({method = '', url = '', headers}, response) => {
      // A proxy is given the whole URL; within a tunnel it is a path.
      const asked = new URL(url, `${scheme}://${headers.host}`);
      const path = `${asked.pathname}${asked.search}`;
      const answer = edit(await ask(`${upstream}${path}`, method, {...headers, accept}), asked);
      const {origin} = asked;
      const violations = violationsIn(answer);
      log.push({method, origin, path, headers, status: answer.status, violations});
      response.writeHead(answer.status, answer.headers).end(answer.body);
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
    /** What a program needs in its environment to go by this proxy, and to believe it. */
    env: {HTTP_PROXY: url, HTTPS_PROXY: url, NO_PROXY: '', no_proxy: '', NODE_EXTRA_CA_CERTS: file},
    /** Sets how answers are changed from here on, and forgets what was seen. */
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
