// Faults that show only if a client calls the connector in its own way.
import {readFileSync} from 'node:fs';
import type {BrokenConnector, Hooks, Json} from './hooks.ts';

const client = (name: string, hooks: Hooks, also: readonly string[] = []): BrokenConnector => ({
  caughtBy: `clients.${name}`,
  also,
  hooks,
  everywhere: true,
});

const words = process.argv.slice(4);

const given = (name: string): string | undefined => {
  const index = words.indexOf(`--${name}`);
  return index < 0 ? undefined : words[index + 1];
};

const textOf = (option: string): string => {
  const path = given(option);
  return path === undefined ? '' : readFileSync(path, 'utf8');
};

/** Fails if a condition on the command line is true. */
const refusing = (isRefused: (command: string) => boolean, message: string): Hooks => ({
  start: (command, {fail}) => {
    if (!isRefused(command)) return undefined;
    fail(message);
    return 'stop';
  },
});

/** Keeps running for a while after its work, and ends with 1 on SIGTERM. */
const surprised = (meant: string, milliseconds: number): Hooks => ({
  start: (command) => {
    if (command !== meant) return undefined;
    process.on('SIGTERM', () => process.exit(1));
    setTimeout(() => {}, milliseconds);
    return undefined;
  },
});

const log = (message: string): Json => ({type: 'LOG', log: {level: 'INFO', message}});

/** Returns the config in a CONTROL message before its result. */
const controlFirst = (): Hooks => {
  let config: Json = {};
  return {
    start: (_command, about) => {
      config = about.config;
      return undefined;
    },
    message: (message) => {
      if (message['type'] !== 'CONNECTION_STATUS') return [message];
      const control = {
        type: 'CONNECTOR_CONFIG',
        emitted_at: Date.now(),
        connectorConfig: {config},
      };
      return [{type: 'CONTROL', control}, message];
    },
  };
};

export const clientFaults: Readonly<Record<string, BrokenConnector>> = {
  'the SPEC comes after twelve LOGs': client('test_platform_spec_comes_first', {
    message: (message) =>
      message['type'] === 'SPEC'
        ? [...Array.from({length: 12}, (_, index) => log(`line ${index}`)), message]
        : [message],
  }),
  '--config=file is not understood': client(
    'test_platform_option_with_equals',
    refusing(() => words.some((word) => word.startsWith('--config=')), 'Where is the config?'),
  ),
  'a missing stream is INCOMPLETE without a TRACE ERROR': client(
    'test_platform_missing_stream',
    {
      message: (message) => (message['trace']?.type === 'ERROR' ? [] : [message]),
    },
    ['basic_read.test_airbyte_trace_message_on_failure', 'invariants.failures-are-reported'],
  ),
  'SIGTERM after the result is a failure': client(
    'test_pyairbyte_stops_after_the_response',
    surprised('spec', 1500),
  ),
  'a catalog named .txt is rejected': client(
    'test_pyairbyte_first_read',
    refusing(() => given('catalog')?.endsWith('.txt') ?? false, 'The catalog is not a JSON file.'),
  ),
  'a state with nulls is rejected': client(
    'test_pyairbyte_next_read',
    refusing(() => textOf('state').includes('"data":null'), 'The data of the state is missing.'),
  ),
  'a state with nulls is ignored': client(
    'test_pyairbyte_next_read',
    {since: (cursor) => (textOf('state').includes('"data":null') ? '' : cursor)},
    // Its cursor is the last one all the time.
    ['invariants.no-identical-states'],
  ),
  'fields differ by case only': client('test_pyairbyte_cache', {
    catalog: (catalog) => {
      catalog['streams'][0].json_schema.properties.ID = {type: ['null', 'integer']};
      return catalog;
    },
  }),
  'a bare number is on stdout': client(
    'test_tap_airbyte_read',
    {
      start: (command) => {
        if (command === 'read') process.stdout.write('42\n');
        return undefined;
      },
    },
    ['invariants.one-message-a-line'],
  ),
  'a log on stderr does not fit into a pipe': client('test_tap_airbyte_read', {
    start: (command) => {
      if (command === 'read') process.stderr.write('Reading on and on.\n'.repeat(5000));
      return undefined;
    },
  }),
  'the TRACE ERROR of one stream comes before the records of others': client(
    'test_tap_airbyte_trace_errors_last',
    {
      start: (command, {fail}) => {
        if (command === 'read' && textOf('catalog').includes('does_not_exist')) {
          fail('There is a stream that I do not know.');
        }
        return undefined;
      },
    },
  ),
  'a CONTROL comes before the result of check': client(
    'test_airbyte_serverless_responses',
    controlFirst(),
  ),
  'a warning on stderr is in the middle of a message': client('test_airbyte_serverless_read', {
    start: (command) => {
      if (command !== 'read') return undefined;
      process.stdout.write('{"type":"LOG",');
      process.stderr.write('Deprecated!\n');
      process.stdout.write('"log":{"level":"INFO","message":"hello"}}\n');
      return undefined;
    },
  }),
  'the spec has no documentationUrl': client('test_airbyte_serverless_spec', {
    spec: ({documentationUrl: _, ...spec}) => spec,
  }),
  'options are accepted in one order only': client(
    'test_shell_argument_order',
    refusing((command) => command === 'read' && words[0] !== '--config', 'Give the config first.'),
  ),
  'the state of a removed stream is rejected': client(
    'test_shell_state_forms_of_clients',
    refusing(
      () => textOf('state').startsWith('[{') && textOf('state').includes('__gone__'),
      'What is __gone__?',
    ),
  ),
  'a state of null is rejected': client(
    'test_shell_state_forms_of_people',
    refusing(() => textOf('state') === 'null', 'The state is null.'),
  ),
  'SIGTERM in a read is a failure': client('test_shell_sigterm', surprised('read', 300)),
  'an unknown command does nothing, and succeeds': client('test_shell_wrong_usage', {
    start: (command) =>
      ['spec', 'check', 'discover', 'read'].includes(command) ? undefined : 'stop',
  }),
};
