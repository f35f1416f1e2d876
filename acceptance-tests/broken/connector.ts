// A small healthy connector, into which each fault of faults/ can be put:
//   node connector.ts <fault> spec
//   node connector.ts <fault> read --config … --catalog … [--state …]
// With the fault `none` it is healthy.
import {readFileSync} from 'node:fs';
import {parseArgs} from 'node:util';
import {healthyCatalog, healthySpec, ROWS, type Row} from './data.ts';
import {FAULTS} from './faults/all.ts';
import type {Hooks, Json} from './faults/hooks.ts';

const [fault = 'none', command = ''] = process.argv.slice(2);
const hooks: Hooks = FAULTS[fault]?.hooks ?? {};
const {values: paths} = parseArgs({
  args: process.argv.slice(4),
  options: {config: {type: 'string'}, catalog: {type: 'string'}, state: {type: 'string'}},
});

const input = (path: string | undefined) =>
  path === undefined ? undefined : JSON.parse(readFileSync(path, 'utf8') || 'null');

const config = input(paths.config);

const print = (message: Json): void => {
  const changed = hooks.message === undefined ? [message] : hooks.message(message, command);
  for (const one of changed) process.stdout.write(`${JSON.stringify(one)}\n`);
};

const trace = (type: string, payload: Json): void =>
  print({type: 'TRACE', trace: {type, emitted_at: Date.now(), ...payload}});

const fail = (message: string): void => {
  trace('ERROR', {error: {message, failure_type: 'config_error'}});
  process.exitCode = 1;
};

const spec = (): void => print({type: 'SPEC', spec: hooks.spec?.(healthySpec()) ?? healthySpec()});

/** The message for a config that does not work. */
const reasonAgainst = ({credentials, api_url: url}: Json): string | undefined => {
  if (url !== undefined) return `Nothing listens at ${url}: check api_url.`;
  return credentials?.api_token === 'a-token-that-works'
    ? undefined
    : 'The token is unknown: create another one.';
};

const check = (): void => {
  const message = reasonAgainst(config ?? {});
  const result = message === undefined ? {status: 'SUCCEEDED'} : {status: 'FAILED', message};
  print({type: 'CONNECTION_STATUS', connectionStatus: hooks.check?.(result) ?? result});
};

const discover = (): void =>
  print({type: 'CATALOG', catalog: hooks.catalog?.(healthyCatalog()) ?? healthyCatalog()});

/** The cursor of a stream in the state file, or ''. */
const cursorOf = (name: string, field: string): string => {
  const state = input(paths.state);
  const entries: readonly Json[] = Array.isArray(state) ? state : [];
  const own = entries.find(({stream}) => stream?.stream_descriptor?.name === name);
  return own?.['stream']?.stream_state?.[field] ?? '';
};

const PAGE = 6;

/** Reads page by page; in an incremental read, a STATE follows each. */
const readStream = (name: string, syncMode: string): void => {
  const field = name === 'users' ? 'updated_at' : 'at';
  const descriptor = {name};
  const status = (value: string): void =>
    trace('STREAM_STATUS', {stream_status: {stream_descriptor: descriptor, status: value}});
  const isIncremental = syncMode === 'incremental';
  const from = isIncremental ? cursorOf(name, field) : '';
  const since = hooks.since?.(from, name) ?? from;
  let [cursor, count] = [from, 0];
  const state = (): void => {
    const blob = isIncremental ? {[field]: cursor} : {done: true};
    const stream = {stream_descriptor: descriptor, stream_state: hooks.state?.(blob, name) ?? blob};
    print({type: 'STATE', state: {type: 'STREAM', stream, sourceStats: {recordCount: count}}});
    count = 0;
  };
  status('STARTED');
  status('RUNNING');
  const healthy: readonly Row[] = ROWS[name] ?? [];
  const rows = healthy.filter((row) => String(row[field]) >= since);
  for (const [index, row] of rows.entries()) {
    const data = hooks.record === undefined ? row : hooks.record({...row}, name);
    if (data === undefined) continue;
    print({type: 'RECORD', record: {stream: name, data, emitted_at: Date.now()}});
    count += 1;
    cursor = [cursor, String(row[field])].sort()[1] ?? cursor;
    if (isIncremental && (index + 1) % PAGE === 0 && index + 1 < rows.length) state();
  }
  state();
  status('COMPLETE');
};

const read = (): void => {
  const configured: readonly Json[] = input(paths.catalog).streams;
  const missing: string[] = [];
  for (const {stream, sync_mode: syncMode} of configured) {
    const name = String(stream?.['name']);
    if (Object.hasOwn(ROWS, name)) readStream(name, String(syncMode));
    else missing.push(name);
  }
  for (const name of missing) {
    const stream_status = {stream_descriptor: {name}, status: 'INCOMPLETE'};
    trace('STREAM_STATUS', {stream_status});
    fail(`There is no stream ${name}: remove it from the catalog.`);
  }
};

const refuse = (): void => {
  process.stderr.write(
    `usage: connector spec|check|discover|read; ${command} is not one of them\n`,
  );
  process.exitCode = 2;
};

const commands: Readonly<Record<string, () => void>> = {spec, check, discover, read};
if (hooks.start?.(command, {config, state: input(paths.state), fail}) !== 'stop')
  (commands[command] ?? refuse)();
