// An API of five pages with five items each, with a fault at one of them, on any level down to the wire.
import dns, {type LookupAddress, type LookupOptions} from 'node:dns';
import {once} from 'node:events';
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import {createServer as createSecureServer} from 'node:https';
import {createServer as createTcpServer, type Server, type Socket} from 'node:net';
import {text} from 'node:stream/consumers';
import {sendJson} from './api-server.ts';
import type {Certificates} from './certificates.ts';

export const PAGES = 5;
export const PER_PAGE = 5;

/** A fault instead of a response. */
export type Fault =
  /** Bytes, or their absence, on the connection of the request. */
  | {readonly at: 'response'; readonly play: (socket: Socket) => unknown}
  | {readonly at: 'status'; readonly status: number; readonly json: object}
  /** All tokens issued so far become invalid. */
  | {readonly at: 'token'}
  /** The API's name is not found; the code is one of node:dns. */
  | {readonly at: 'lookup'; readonly code: string}
  /** A fault of a new connection before its TLS handshake. */
  | {readonly at: 'handshake'; readonly play: (socket: Socket) => unknown}
  /** New connections get the certificate of an untrusted authority. */
  | {readonly at: 'certificate'};

type Options = {
  readonly fault: Fault;
  /** The page with the fault, from 1, and the number of times; Infinity for always. */
  readonly page: number;
  readonly times: number;
  /** Those of the API, and those of an untrusted authority. */
  readonly certificates?: {readonly own: Certificates; readonly foreign: Certificates};
};

/** Faults that a reused connection would never have. */
const NEEDS_NEW_CONNECTIONS = new Set<Fault['at']>(['lookup', 'handshake', 'certificate']);

const lookups = new Map<string, () => string | undefined>();
const realLookup = dns.lookup;

type Found = (error: Error | null, address?: string | LookupAddress[], family?: number) => void;

/** Resolves the names of faulty APIs; the system resolves any other. */
const lookup = (name: string, options: LookupOptions, found: Found): void => {
  const check = lookups.get(name);
  if (check === undefined) {
    realLookup(name, options, found);
    return;
  }
  const code = check();
  const failure = Object.assign(new Error(`getaddrinfo ${code} ${name}`), {code});
  process.nextTick(() => {
    if (code !== undefined) found(failure);
    else if (options.all) found(null, [{address: '127.0.0.1', family: 4}]);
    else found(null, '127.0.0.1', 4);
  });
};

const listen = async (server: Server): Promise<number> => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return address.port;
};

const itemsOf = (page: number): readonly {readonly id: number}[] =>
  Array.from({length: PER_PAGE}, (_none, index) => ({id: (page - 1) * PER_PAGE + index + 1}));

/** Issues `issued-token-1`, `issued-token-2` and so on; `issued-token-0` is valid from the start. */
const tokenDesk = () => {
  let issued = 0;
  let oldest = 0;
  return {
    issue: (): string => {
      issued += 1;
      return `issued-token-${issued}`;
    },
    revoke: (): void => {
      oldest = issued + 1;
    },
    isVoid: ({headers}: IncomingMessage): boolean =>
      Number(/\d+$/.exec(headers.authorization ?? '')?.[0] ?? 0) < oldest,
  };
};

/** The request handler of the API, and its counts. */
const openApi = ({fault, page, times}: Options) => {
  const seen = {requests: 0, logins: 0, faults: 0};
  let served = 0;
  const tokens = tokenDesk();

  /** Counts the fault and returns true if this page has it now. */
  const meets = (requested: number): boolean => {
    if (requested !== page || seen.faults >= times) return false;
    seen.faults += 1;
    return true;
  };

  const sendPage = (requested: number, response: ServerResponse): void => {
    served = Math.max(served, requested);
    sendJson(
      response,
      {items: itemsOf(requested), next: requested < PAGES ? requested + 1 : null},
      {headers: NEEDS_NEW_CONNECTIONS.has(fault.at) ? {connection: 'close'} : {}},
    );
  };
  const issueToken = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    seen.logins += 1;
    await text(request);
    sendJson(response, {access_token: tokens.issue(), token_type: 'Bearer', expires_in: 3_600});
  };
  /** Responds with the fault if it is due, and returns true if it did. */
  const hasFault = (
    requested: number,
    request: IncomingMessage,
    response: ServerResponse,
  ): boolean => {
    switch (fault.at) {
      case 'response':
        if (!meets(requested)) return false;
        fault.play(request.socket);
        return true;
      case 'status':
        if (!meets(requested)) return false;
        sendJson(response, fault.json, {status: fault.status});
        return true;
      case 'token':
        if (meets(requested)) tokens.revoke();
        if (!tokens.isVoid(request)) return false;
        sendJson(response, {message: 'Token expired'}, {status: 401});
        return true;
      default:
        return false;
    }
  };
  const respond = (request: IncomingMessage, response: ServerResponse): unknown => {
    if (request.method === 'POST') return issueToken(request, response);
    seen.requests += 1;
    const url = new URL(request.url ?? '', 'http://api.test');
    const requested = Number(url.searchParams.get('page') ?? 1);
    return hasFault(requested, request, response) || sendPage(requested, response);
  };
  return {
    seen,
    respond,
    /** Returns true if the next page has the fault. */
    meetsNext: () => meets(served + 1),
  };
};

/** Serves until it is closed. It accepts any valid token that it issued; any POST is a token request. */
export const startFaultyApi = async (options: Options) => {
  const {fault, certificates} = options;
  const {seen, respond, meetsNext} = openApi(options);
  const secure = fault.at === 'handshake' || fault.at === 'certificate' ? certificates : undefined;
  const http =
    secure === undefined ? createServer(respond) : createSecureServer(secure.own.server, respond);
  const showForeign = (): void => {
    if (secure !== undefined && 'setSecureContext' in http)
      http.setSecureContext(secure.foreign.server);
  };
  const openSockets = new Set<Socket>();
  // In front of the HTTP server, so that a fault can come before any byte of HTTP or TLS.
  const front = createTcpServer((socket) => {
    openSockets.add(socket);
    socket.on('close', () => openSockets.delete(socket)).on('error', () => {});
    if (fault.at === 'handshake' && meetsNext()) {
      fault.play(socket);
      return;
    }
    if (fault.at === 'certificate' && meetsNext()) showForeign();
    http.emit('connection', socket);
  });
  const port = await listen(front);
  const name = `port-${port}.test`;
  dns.lookup = lookup as typeof dns.lookup;
  lookups.set(name, () => (fault.at === 'lookup' && meetsNext() ? fault.code : undefined));
  const host = fault.at === 'lookup' ? name : '127.0.0.1';
  return {
    url: `${secure === undefined ? 'http' : 'https'}://${host}:${port}`,
    /** The number of page requests, token requests and faults. */
    seen,
    [Symbol.asyncDispose]: async () => {
      lookups.delete(name);
      if (lookups.size === 0) dns.lookup = realLookup;
      for (const socket of openSockets) socket.destroy();
      front.close();
      await once(front, 'close');
    },
  };
};
