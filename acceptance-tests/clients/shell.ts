// Calls a connector as people and scripts do: options in any order, states in any form, Ctrl-C, and mistakes.
import type {Check, Context, Fault} from '../check-kit/check.ts';
import type {Runs} from '../check-kit/shared-runs.ts';
import type {BasicReadEntry} from '../config/settings.ts';
import type {CallStyle, Inputs, Run} from '../connectors/connector.ts';
import {type Stream, shown} from '../protocol/messages.ts';
import {
  define,
  failuresOf,
  filledStreams,
  incrementalCatalog,
  messageTypeOf,
  runWith,
  terminating,
} from './client-check.ts';

const isProgress = (type: string | undefined): boolean => type === 'RECORD' || type === 'STATE';

/** One stream, if possible with a cursor: it is enough to see that a read begins. */
const oneStream = async (entry: BasicReadEntry, runs: Runs): Promise<readonly Stream[]> => {
  const streams = await filledStreams(entry, runs);
  const [first] = streams.filter(({syncModes}) => syncModes.includes('incremental'));
  return [first ?? streams[0]].filter((stream) => stream !== undefined);
};

/** Reads until the first RECORD or STATE, and returns the fault of a read that fails before. */
const beginning = async (
  entry: BasicReadEntry,
  runs: Runs,
  context: Context,
  inputs: Inputs,
  style: CallStyle,
  how: string,
): Promise<readonly Fault[]> => {
  const catalog = incrementalCatalog(await oneStream(entry, runs));
  const end = terminating(isProgress);
  const run = await runWith(
    context,
    runs,
    entry,
    'read',
    {catalog, ...inputs},
    {
      ...style,
      onLine: end.onLine,
    },
  );
  return end.seen() ? [] : failuresOf(run, how);
};

const order = define(
  'test_shell_argument_order',
  'options may come in any order',
  async (entry, runs, context) =>
    beginning(
      entry,
      runs,
      context,
      {state: []},
      {order: ['state', 'catalog', 'config']},
      'as `read --state … --catalog … --config …`',
    ),
);

const unknownState = {
  type: 'STREAM',
  stream: {stream_descriptor: {name: '__gone__'}, stream_state: {a: 1}},
};

const resetOf = (stream: Stream) => ({
  type: 'STREAM',
  stream: {stream_descriptor: {name: stream.name}, stream_state: null},
});

/** Forms that clients write: a connector must accept them. */
const CLIENT_FORMS: readonly (readonly [string, (stream: Stream) => string])[] = [
  ['an empty list, as PyAirbyte writes it', () => '[]'],
  [
    'a list with the state of a removed stream, as any client may write it',
    () => JSON.stringify([unknownState]),
  ],
  [
    'a stream_state of null, as the platform writes it after a reset',
    (stream) => JSON.stringify([resetOf(stream)]),
  ],
];

/** Forms in old files, and those that people write. */
const OTHER_FORMS: readonly (readonly [string, (stream: Stream) => string])[] = [
  ['an empty object', () => '{}'],
  ['null', () => 'null'],
  ['an empty file', () => ''],
  ['one state that is not in a list', () => JSON.stringify(unknownState)],
  ['a LEGACY map of streams', ({name}) => JSON.stringify({[name]: {}})],
  ['a LEGACY state in a list', ({name}) => JSON.stringify([{type: 'LEGACY', data: {[name]: {}}}])],
];

const tryForms = async (
  forms: typeof CLIENT_FORMS,
  entry: BasicReadEntry,
  runs: Runs,
  context: Context,
): Promise<readonly Fault[]> => {
  const [stream] = await oneStream(entry, runs);
  if (stream === undefined) return [];
  const faults: Fault[] = [];
  for (const [name, make] of forms) {
    const texts = {state: make(stream)};
    const found = await beginning(
      entry,
      runs,
      context,
      {},
      {texts},
      `with a state that is ${name}`,
    );
    faults.push(...found);
  }
  return faults;
};

const stateForms = define(
  'test_shell_state_forms_of_clients',
  'a read accepts each form of state that clients write: `[]`, removed streams, nulls',
  (entry, runs, context) => tryForms(CLIENT_FORMS, entry, runs, context),
);

const otherForms = define(
  'test_shell_state_forms_of_people',
  'a read accepts `{}`, null, an empty file, a single state, LEGACY states',
  async (entry, runs, context) => ({
    warnings: await tryForms(OTHER_FORMS, entry, runs, context),
  }),
);

const sigterm = define(
  'test_shell_sigterm',
  'SIGTERM at the first record ends a read within 10 s, by that signal',
  async (entry, runs, context) => {
    const catalog = incrementalCatalog(await filledStreams(entry, runs));
    const end = terminating((type) => type === 'RECORD');
    const run = await runWith(context, runs, entry, 'read', {catalog}, {onLine: end.onLine});
    if (!end.seen()) return {skipped: 'the read printed no record'};
    return end.faults(run, context.connector.image !== undefined);
  },
);

const noiseOf = (run: Run): readonly Fault[] =>
  run.lines
    .filter(({json}) => messageTypeOf(json) === undefined)
    .slice(0, 1)
    .map(({text}) => ({
      reason: 'wrong usage prints a line on stdout that is not a message',
      offending: shown(text),
      advice: 'Print usage on stderr.',
    }));

const usage = define(
  'test_shell_wrong_usage',
  'an unknown command fails with exit code 2, and prints only to stderr',
  async (entry, _runs, context) => {
    const words = ['no-such-command'];
    const run = await context.connector.run('spec', {}, {words, timeout: entry.timeout});
    const faults = noiseOf(run);
    if (run.hung === true || run.exit.code === 0) {
      return [
        ...faults,
        {
          reason: `an unknown command ${run.hung === true ? 'hung' : 'ended with exit code 0'}`,
          advice: 'Print usage on stderr, and exit with 2.',
        },
      ];
    }
    if (faults.length > 0 || run.exit.code === 2) return faults;
    return {
      warnings: [
        {
          reason: `an unknown command ended with ${run.exit.signal ?? `exit code ${run.exit.code}`}`,
          advice: 'Exit with 2, so that callers can distinguish their own mistake from a failure.',
        },
      ],
    };
  },
);

export const shell: readonly Check[] = [order, stateForms, otherForms, sigterm, usage];
