// Makes small Airbyte sources for tests, as real programs that emit what a test needs.
import {chmodSync, mkdirSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';

export type FakeStream = {
  readonly name: string;
  readonly namespace?: string;
  readonly json_schema?: object;
  readonly supported_sync_modes?: readonly string[];
  readonly default_cursor_field?: readonly string[];
  readonly source_defined_cursor?: boolean;
  readonly source_defined_primary_key?: readonly (readonly string[])[];
};

type Fake = {
  readonly required?: readonly string[];
  readonly streams?: readonly FakeStream[];
  /** Runs at `discover`, before the catalog is printed. */
  readonly discover?: string;
  /** Runs at `read`. */
  readonly read?: string;
};

export const USERS: FakeStream = {
  name: 'users',
  supported_sync_modes: ['full_refresh', 'incremental'],
  source_defined_cursor: true,
  default_cursor_field: ['id'],
  source_defined_primary_key: [['id']],
};

/** Helpers for the scripts of a fake. `options` are its arguments, such as options.state. */
const PRELUDE = `
const fs = require('node:fs');
const [, , command, ...rest] = process.argv;
const options = {};
for (let i = 0; i < rest.length; i += 2) options[rest[i].slice(2)] = rest[i + 1];
const load = (path) => (path === undefined ? undefined : JSON.parse(fs.readFileSync(path, 'utf8')));
const print = (line) => fs.writeSync(1, line + '\\n');
const say = (message) => print(JSON.stringify(message));
const record = (stream, data) => say({type: 'RECORD', record: {stream, data, emitted_at: 1}});
const state = (name, blob, recordCount) =>
  say({
    type: 'STATE',
    state: {
      type: 'STREAM',
      stream: {stream_descriptor: {name}, stream_state: blob},
      ...(recordCount !== undefined && {sourceStats: {recordCount}}),
    },
  });
const trace = (rest) => say({type: 'TRACE', trace: {emitted_at: 1, ...rest}});
const status = (name, word, reasons) =>
  trace({type: 'STREAM_STATUS', stream_status: {stream_descriptor: {name}, status: word, reasons}});
const fail = (message, more) => trace({type: 'ERROR', error: {message, ...more}});
const log = (level, message) => say({type: 'LOG', log: {level, message}});
const configChanged = (config) =>
  say({type: 'CONTROL', control: {type: 'CONNECTOR_CONFIG', emitted_at: 1, connectorConfig: {config}}});
`;

const withSchema = (stream: FakeStream): object => ({
  json_schema: {type: 'object'},
  supported_sync_modes: ['full_refresh'],
  ...stream,
});

/** Writes an executable file. */
export const writeProgram = (path: string, text: string): string => {
  mkdirSync(dirname(path), {recursive: true});
  writeFileSync(path, text);
  chmodSync(path, 0o755);
  return path;
};

/** Writes the program `<folder>/<name>`; returns its path. */
export const fakeSource = (folder: string, name: string, fake: Fake): string => {
  const {required = [], streams = [USERS], discover = '', read = ''} = fake;
  const spec = {connectionSpecification: {type: 'object', required, properties: {}}};
  return writeProgram(
    join(folder, name),
    `#!${process.execPath}
${PRELUDE}
const run = async () => {
  if (command === 'spec') say({type: 'SPEC', spec: ${JSON.stringify(spec)}});
  if (command === 'discover') {
    ${discover}
    say({type: 'CATALOG', catalog: {streams: ${JSON.stringify(streams.map(withSchema))}}});
  }
  if (command === 'read') {
    ${read}
  }
};
run();
`,
  );
};
