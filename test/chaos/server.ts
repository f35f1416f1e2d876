// Serves the API that changes while it is read, and runs the program that reads it, as its client.
import {type ChildProcessByStdio, spawn} from 'node:child_process';
import {once} from 'node:events';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import type {Readable} from 'node:stream';
import {text} from 'node:stream/consumers';
import {TransientError} from '../../cdk/errors.ts';
import type {AirbyteMessage} from '../../cdk/protocol/generated/airbyte.ts';
import {parseMessages} from '../../cdk/testing/protocol.ts';
import {configuredCatalog, ROOT, runProgram} from '../e2e/run-program.ts';
import {type ApiServer, sendJson, serveApi} from '../http/api-server.ts';
import {type ChaosApi, type ChaosRequest, chaosApi} from './api.ts';
import {type Repeats, repeatsIn} from './repeats.ts';
import {type ChaosRecord, type ChaosStream, DAY} from './streams.ts';
import {type Kept, keep, type Line, witness} from './witness.ts';

const BUNDLE = 'dist/chaos/main.js';

/**
 * Bundles the program as in an image: it starts in half the time, and the crash matrix starts it a hundred times. In its own
 * process, because esbuild does not run in jest's contexts.
 */
export const bundleChaos = async (): Promise<void> => {
  const {status, stderr} = await runProgram(process.execPath, [
    '--eval',
    `import('./headwater/bundle/bundle.ts').then((b) => b.bundleProgram(process.cwd(), 'test/programs/chaos/main.ts', '${BUNDLE}'))`,
  ]);
  if (status !== 0) throw new Error(`The program can't be bundled: ${stderr}`);
};

const HOUR = 3_600_000;

const streamOf = (name: string, options: Partial<ChaosStream>, now: number): ChaosStream => ({
  name,
  order: 'ascending',
  paging: 'keyset',
  pageSize: 2,
  tick: 1_000,
  filters: true,
  tokenLife: DAY,
  hasCursor: true,
  lookback: 0,
  window: 0,
  resumable: 0,
  checkpointInterval: 0,
  start: now - 20 * DAY,
  ...options,
});

/** One stream of each kind. */
const everyKind = (now: number): readonly ChaosStream[] =>
  Object.entries({
    ascending: {lookback: 10 * 60_000},
    unordered: {order: 'none', paging: 'offset'},
    descending: {order: 'descending', filters: false},
    windowed: {order: 'none', window: 10},
    sliced: {slices: ['one/a', 'one/b']},
    parents: {},
    children: {parent: {name: 'parents', incremental: false}},
    passes: {hasCursor: false, filters: false, slices: ['x', 'y']},
    tokens: {hasCursor: false, filters: false, order: 'none', paging: 'token', resumable: DAY},
  } satisfies Record<string, Partial<ChaosStream>>).map(([name, options]) =>
    streamOf(name, options, now),
  );

const fill = (api: ChaosApi, streams: readonly ChaosStream[], now: number): void => {
  const parents = [2, 1].map((days) => api.insert('parents', '', now - days * DAY));
  for (const {name, slices = [''], parent} of streams) {
    if (name === 'parents') continue;
    const all = parent ? parents.map(({id}) => String(id)) : slices;
    for (const [index, slice] of all.entries()) {
      // Two of the same time, across the end of a page.
      const ages = index === 0 ? [50, 26, 26] : [26];
      for (const hours of ages) api.insert(name, slice, now - hours * HOUR);
    }
  }
};

export type ChaosServer = ApiServer & {
  readonly api: ChaosApi;
  readonly streams: readonly ChaosStream[];
  /** Holds all responses after this many until `release` is called, so that a run cannot end before. */
  readonly hold: (after: number) => void;
  readonly release: () => void;
  /** The collections and slices that have rows. */
  readonly collections: readonly {readonly collection: string; readonly slice: string}[];
};

/** Serves the rows of a stream of each kind until it is closed. */
export const serveChaos = async (): Promise<ChaosServer> => {
  const now = Date.now();
  const streams = everyKind(now);
  const api = chaosApi(streams, {now: Date.now});
  fill(api, streams, now);
  let left = Number.POSITIVE_INFINITY;
  let gate = Promise.withResolvers<void>();
  const server = await serveApi(async (request, response, url) => {
    left -= 1;
    if (left < 0) await gate.promise;
    const sent = new URL(request.url ?? '', url).searchParams.get('request');
    const query: ChaosRequest = {
      since: undefined,
      until: undefined,
      at: undefined,
      ...JSON.parse(sent ?? ''),
    };
    try {
      sendJson(response, api.respond(query));
    } catch (error) {
      const status = error instanceof TransientError ? 503 : 400;
      sendJson(response, {error: String(error)}, {status});
    }
  });
  const collections = streams.flatMap(({name}) =>
    [...api.rows(name).keys()].map((slice) => ({collection: name, slice})),
  );
  return {
    ...server,
    api,
    streams,
    collections,
    hold: (after) => {
      left = after;
    },
    release: () => {
      left = Number.POSITIVE_INFINITY;
      gate.resolve();
      gate = Promise.withResolvers<void>();
    },
  };
};

type Program = ChildProcessByStdio<null, Readable, Readable>;

/** Interrupts a run. */
export type Cut = {
  /** After so many lines. */
  readonly lines?: number;
  /** After so many milliseconds. */
  readonly after?: number;
  /** `leave`: the reader closes the pipe. */
  readonly by: 'SIGKILL' | 'SIGTERM' | 'leave';
};

export type Ended = {
  readonly status: number | NodeJS.Signals | null;
  readonly lines: number;
  readonly stderr: string;
  readonly messages: readonly AirbyteMessage[];
  readonly repeats: Repeats;
};

/** The client's data of all runs, by stream. */
export type Client = ReadonlyMap<string, Kept>;

export const openClient = ({streams}: ChaosServer): Client =>
  new Map(streams.map((spec) => [spec.name, keep(spec)]));

const linesOf = ({record, ...message}: AirbyteMessage): Line =>
  record
    ? {stream: record.stream, record: record.data as ChaosRecord}
    : {message: message as AirbyteMessage};

const cutOff = (program: Program, by: Cut['by']): void => {
  if (by === 'leave') program.stdout.destroy();
  else program.kill(by);
};

/** Returns the lines that a client gets, until it or the program is gone. */
const listen = async (program: Program, cut: Cut | undefined): Promise<readonly string[]> => {
  const seen: string[] = [];
  const {lines = Number.POSITIVE_INFINITY, after, by = 'SIGKILL'} = cut ?? {};
  const timer = after === undefined ? undefined : setTimeout(() => cutOff(program, by), after);
  try {
    for await (const line of createInterface({input: program.stdout})) {
      seen.push(line);
      if (seen.length !== lines) continue;
      cutOff(program, by);
      // After SIGTERM the program still emits its states.
      if (by !== 'SIGTERM') break;
    }
  } finally {
    clearTimeout(timer);
  }
  return seen;
};

/** False for a truncated line. */
const isWhole = (line: string): boolean => line.endsWith('}');

export type ReadOptions = {
  readonly concurrency: number;
  readonly cut?: Cut;
  /** In megabytes: memory that the program keeps after each page, and the limit of its heap. */
  readonly hoard?: number;
  readonly heap?: number;
  /** Writes a file and returns its path. */
  readonly file: (name: string, content: unknown) => string;
};

let runs = 0;

/** Runs the program from the client's states. */
export const readChaos = async (
  {url, api, streams}: ChaosServer,
  client: Client,
  {concurrency, cut, hoard, heap = 256, file}: ReadOptions,
): Promise<Ended> => {
  runs += 1;
  const startedAt = Date.now();
  const states = [...client.values()].flatMap(({state}) => state ?? []);
  const watched = witness(client, api, startedAt);
  const args = [
    `--max-old-space-size=${heap}`,
    join(ROOT, BUNDLE),
    'read',
    '--config',
    file(`config-${runs}.json`, {api_url: url, streams, concurrency, ...(hoard && {hoard})}),
    '--catalog',
    file(`catalog-${runs}.json`, configuredCatalog(streams.map(({name}) => name))),
    '--state',
    file(`state-${runs}.json`, states),
  ];
  const program = spawn(join(ROOT, 'node_modules/.bin/node'), args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {...process.env, NODE_COMPILE_CACHE: join(ROOT, 'node_modules/.cache/node')},
  });
  const ended = once(program, 'close');
  const [seen, stderr] = await Promise.all([listen(program, cut), text(program.stderr)]);
  const [code, signal] = await ended;
  const messages = parseMessages(
    seen
      .filter(isWhole)
      .map((line) => `${line}\n`)
      .join(''),
  );
  for (const message of messages) watched.observe(linesOf(message));
  const repeats = repeatsIn(watched, streams, {startedAt, mutations: 12});
  return {status: signal ?? code, lines: seen.length, stderr, messages, repeats};
};

/** Rows whose latest version a client should have by now, but does not have. */
export const lostRows = ({api, streams}: ChaosServer, client: Client): readonly string[] =>
  streams.flatMap(({name}) =>
    [...api.rows(name)].flatMap(([slice, rows]) =>
      rows
        .filter(({id, version}) => client.get(name)?.latest.get(id)?.version !== version)
        .map((row) => `${name} ${slice} ${JSON.stringify(row)}`),
    ),
  );

export const rowCount = ({api, streams}: ChaosServer): number =>
  streams.flatMap(({name}) => [...api.rows(name).values()].flat()).length;
