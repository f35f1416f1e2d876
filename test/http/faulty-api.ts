// An API of five pages with five items each, that misbehaves at one of them, down to the wire.
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

/** What happens in the place of an answer. */
export type Fault =
  /** Bytes, or their absence, on the connection that the request came by. */
  | {readonly at: 'answer'; readonly play: (socket: Socket) => unknown}
  | {readonly at: 'status'; readonly status: number; readonly json: object}
  /** Every token that was handed out so far is void. */
  | {readonly at: 'token'}
  /** The API's name is not found; the code is one of node:dns. */
  | {readonly at: 'lookup'; readonly code: string}
  /** What a new connection meets before it is secure. */
  | {readonly at: 'handshake'; readonly play: (socket: Socket) => unknown}
  /** New connections are shown the certificate of an authority that nobody trusts. */
  | {readonly at: 'certificate'};

type Options = {
  readonly fault: Fault;
  /** The page, from 1, that it happens at, and how often; Infinity for always. */
  readonly page: number;
  readonly times: number;
  /** Those of the API, and those of a stranger. */
  readonly certificates?: {readonly own: Certificates; readonly foreign: Certificates};
};

/** Faults that a kept connection would never meet. */
const NEEDS_NEW_CONNECTIONS = new Set<Fault['at']>(['lookup', 'handshake', 'certificate']);

const lookups = new Map<string, () => string | undefined>();
const realLookup = dns.lookup;

type Found = (error: Error | null, address?: string | LookupAddress[], family?: number) => void;

/** Answers for the names of faulty APIs; any other goes to the system. */
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

/** Hands out `issued-token-1`, `issued-token-2` and so on; `issued-token-0` is good from the beginning. */
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

/** What the API answers, and what happened there. */
const openApi = ({fault, page, times}: Options) => {
  const seen = {requests: 0, logins: 0, faults: 0};
  let served = 0;
  const tokens = tokenDesk();

  /** Whether what is asked for now, or next, meets the fault; if so, it counts. */
  const meets = (asked: number): boolean => {
    if (asked !== page || seen.faults >= times) return false;
    seen.faults += 1;
    return true;
  };

  const sendPage = (asked: number, response: ServerResponse): void => {
    served = Math.max(served, asked);
    sendJson(
      response,
      {items: itemsOf(asked), next: asked < PAGES ? asked + 1 : null},
      {headers: NEEDS_NEW_CONNECTIONS.has(fault.at) ? {connection: 'close'} : {}},
    );
  };
  const handOut = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    seen.logins += 1;
    await text(request);
    sendJson(response, {access_token: tokens.issue(), token_type: 'Bearer', expires_in: 3_600});
  };
  /** Answers with the fault, where it is one of answers and due; says whether it did. */
  const misbehaves = (
    asked: number,
    request: IncomingMessage,
    response: ServerResponse,
  ): boolean => {
    switch (fault.at) {
      case 'answer':
        if (!meets(asked)) return false;
        fault.play(request.socket);
        return true;
      case 'status':
        if (!meets(asked)) return false;
        sendJson(response, fault.json, {status: fault.status});
        return true;
      case 'token':
        if (meets(asked)) tokens.revoke();
        if (!tokens.isVoid(request)) return false;
        sendJson(response, {message: 'Token expired'}, {status: 401});
        return true;
      default:
        return false;
    }
  };
  const answer = (request: IncomingMessage, response: ServerResponse): unknown => {
    if (request.method === 'POST') return handOut(request, response);
    seen.requests += 1;
    const url = new URL(request.url ?? '', 'http://api.test');
    const asked = Number(url.searchParams.get('page') ?? 1);
    return misbehaves(asked, request, response) || sendPage(asked, response);
  };
  return {
    seen,
    answer,
    /** Whether the page that is asked for next meets the fault. */
    meetsNext: () => meets(served + 1),
  };
};

/** Serves until it is closed. It takes any token it issued itself; any POST is for one. */
export const startFaultyApi = async (options: Options) => {
  const {fault, certificates} = options;
  const {seen, answer, meetsNext} = openApi(options);
  const secure = fault.at === 'handshake' || fault.at === 'certificate' ? certificates : undefined;
  const http =
    secure === undefined ? createServer(answer) : createSecureServer(secure.own.server, answer);
  const showForeign = (): void => {
    if (secure !== undefined && 'setSecureContext' in http)
      http.setSecureContext(secure.foreign.server);
  };
  const openSockets = new Set<Socket>();
  // In front, so that a connection can be met before anything of HTTP or TLS has been said on it.
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
    /** Requests for pages, token requests, and how often the fault happened. */
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
