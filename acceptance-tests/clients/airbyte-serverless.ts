// How airbyte-serverless calls a connector: https://github.com/unytics/airbyte_serverless (airbyte_serverless/sources.py).
import {at} from '../../cdk/json/at.ts';
import type {Check, Fault} from '../check-kit/check.ts';
import type {Run} from '../connectors/connector.ts';
import {shown} from '../protocol/messages.ts';
import {
  define,
  failuresOf,
  filledStreams,
  incrementalCatalog,
  messageTypeOf,
  runWith,
} from './client-check.ts';

const CLIENT = 'airbyte-serverless';

/** Its stderr is in its stdout. */
const MERGED = {stderr: 'merged'} as const;

const ANSWERS = {spec: 'SPEC', check: 'CONNECTION_STATUS', discover: 'CATALOG'} as const;

/** Text of stderr within a message: neither of them can be read. */
const tornLines = (run: Run): readonly Fault[] =>
  run.lines
    .filter(({text, json}) => json === undefined && /"type"\s*:\s*"[A-Z_]+"/.test(text))
    .slice(0, 3)
    .map(({text}) => ({
      reason: 'a message is torn where stderr goes into stdout',
      offending: shown(text),
      advice: 'Write whole lines at once, and next to nothing on stderr.',
    }));

const answerFaults = (run: Run, command: keyof typeof ANSWERS): readonly Fault[] => {
  const first = run.lines.find(({json}) => {
    const type = messageTypeOf(json);
    return type !== undefined && type !== 'LOG' && type !== 'TRACE';
  });
  const type = messageTypeOf(first?.json);
  if (type === ANSWERS[command]) return [];
  return [
    {
      reason: `${type ?? 'no message'} is the first answer of \`${command}\` to airbyte-serverless, which takes it for its ${ANSWERS[command]}`,
      ...(first && {offending: shown(first.text)}),
      advice: `Print the ${ANSWERS[command]} before any other message but LOG and TRACE.`,
    },
  ];
};

const answers = define(
  'test_airbyte_serverless_answers',
  'spec, check and discover give their answer first, with stderr among their lines',
  async (entry, runs, context) => {
    const faults: Fault[] = [];
    const commands: readonly (keyof typeof ANSWERS)[] = ['spec', 'check', 'discover'];
    for (const command of commands) {
      const run = await runWith(context, runs, entry, command, {}, MERGED);
      faults.push(...failuresOf(run, CLIENT), ...answerFaults(run, command), ...tornLines(run));
    }
    return faults;
  },
);

const READ_TYPES = new Set(['RECORD', 'STATE', 'LOG', 'TRACE']);

const read = define(
  'test_airbyte_serverless_read',
  'a read gives RECORD, STATE, LOG and TRACE only, with stderr among its lines',
  async (entry, runs, context) => {
    const catalog = incrementalCatalog(await filledStreams(entry, runs));
    const run = await runWith(context, runs, entry, 'read', {catalog}, MERGED);
    const strange = run.lines.find(({json}) => {
      const type = messageTypeOf(json);
      return type !== undefined && !READ_TYPES.has(type);
    });
    const faults = [...failuresOf(run, CLIENT), ...tornLines(run)];
    // A rotated token has to be told, whoever cannot hear it.
    const control = messageTypeOf(strange?.json) === 'CONTROL';
    if (strange === undefined || control) return faults;
    return [
      ...faults,
      {
        reason: `a read printed a ${messageTypeOf(strange.json)} message, at which airbyte-serverless fails`,
        offending: shown(strange.text),
        advice: 'Print RECORD, STATE, LOG and TRACE only in a read.',
      },
    ];
  },
);

const links = define(
  'test_airbyte_serverless_spec',
  'the spec has a documentationUrl, which the client prints',
  async (entry, runs) => ({
    warnings:
      typeof at(await runs.specification(entry), 'documentationUrl') === 'string'
        ? []
        : [
            {
              reason: 'the spec has no documentationUrl, at which airbyte-serverless fails',
              advice: 'Give the address of the documentation.',
            },
          ],
  }),
);

export const airbyteServerless: readonly Check[] = [answers, read, links];
