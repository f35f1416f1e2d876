// WireMock: an HTTP server that breaks on demand, and keeps a log of its requests.
import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {freePort, responds, SERVERS, type Server, startServer} from './servers.ts';

/** https://wiremock.org/docs/stubbing/ */
export type Stub = {
  readonly request: object;
  readonly response: object;
  /** The lowest number has precedence; by default 5. */
  readonly priority?: number;
  readonly scenarioName?: string;
  readonly requiredScenarioState?: string;
  readonly newScenarioState?: string;
};

export type WireMock = Pick<Server, 'close'> & {
  readonly url: string;
  /** Forgets its stubs and its log, and responds with these. */
  readonly respondWith: (stubs: readonly Stub[]) => Promise<void>;
  /** The requests since then, in order. */
  readonly seen: () => Promise<readonly {readonly path: string; readonly at: number}[]>;
};

const BUILD = join(SERVERS, 'npm/wiremock/node_modules/wiremock/build');

export const startWireMock = async (): Promise<WireMock> => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const jar = readdirSync(BUILD).find((name) => name.endsWith('.jar')) ?? 'wiremock.jar';
  const options = ['--bind-address', '127.0.0.1', '--disable-banner', '--port', String(port)];
  const {close} = await startServer({
    command: 'java',
    args: ['-jar', join(BUILD, jar), ...options],
    isReady: responds(`${url}/__admin/mappings`),
  });
  const admin = async (method: string, path: string, body?: object): Promise<string> => {
    const response = await fetch(`${url}/__admin/${path}`, {
      method,
      ...(body && {body: JSON.stringify(body)}),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`WireMock rejected ${path}: ${text}`);
    return text;
  };
  return {
    url,
    respondWith: async (stubs) => {
      await admin('POST', 'reset');
      await admin('POST', 'mappings/import', {mappings: stubs});
    },
    seen: async () => {
      const {requests} = JSON.parse(await admin('GET', 'requests'));
      return requests
        .map(({request}: {request: {url: string; loggedDate: number}}) => ({
          path: request.url,
          at: request.loggedDate,
        }))
        .reverse();
    },
    close,
  };
};
