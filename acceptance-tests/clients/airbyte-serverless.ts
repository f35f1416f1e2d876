// Calls a connector as airbyte-serverless does: https://github.com/unytics/airbyte_serverless (airbyte_serverless/sources.py).
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

const CALLED = 'as airbyte-serverless does';

/** The client merges stderr into stdout. */
const MERGED = {stderr: 'merged'} as const;

const RESULTS = {spec: 'SPEC', check: 'CONNECTION_STATUS', discover: 'CATALOG'} as const;

/** Finds stderr output within a message, which makes both unreadable. */
const tornLines = (run: Run): readonly Fault[] =>
  run.lines
    .filter(({text, json}) => json === undefined && /"type"\s*:\s*"[A-Z_]+"/.test(text))
    .slice(0, 3)
    .map(({text}) => ({
      reason: 'a message is torn by output on stderr, which the client merges into stdout',
      offending: shown(text),
      advice: 'Write whole lines at once, and very little on stderr.',
    }));

const resultFaults = (run: Run, command: keyof typeof RESULTS): readonly Fault[] => {
  const first = run.lines.find(({json}) => {
    const type = messageTypeOf(json);
    return type !== undefined && type !== 'LOG' && type !== 'TRACE';
  });
  const type = messageTypeOf(first?.json);
  if (type === RESULTS[command]) return [];
  return [
    {
      reason: `${type ?? 'no message'} is the first message of \`${command}\`, which airbyte-serverless takes for its ${RESULTS[command]}`,
      ...(first && {offending: shown(first.text)}),
      advice: `Print the ${RESULTS[command]} before any other message but LOG and TRACE.`,
    },
  ];
};

const results = define(
  'test_airbyte_serverless_responses',
  'spec, check and discover print their result first, also with stderr merged into stdout',
  async (entry, runs, context) => {
    const faults: Fault[] = [];
    const commands: readonly (keyof typeof RESULTS)[] = ['spec', 'check', 'discover'];
    for (const command of commands) {
      const run = await runWith(context, runs, entry, command, {}, MERGED);
      faults.push(...failuresOf(run, CALLED), ...resultFaults(run, command), ...tornLines(run));
    }
    return faults;
  },
);

const READ_TYPES = new Set(['RECORD', 'STATE', 'LOG', 'TRACE']);

const read = define(
  'test_airbyte_serverless_read',
  'a read prints only RECORD, STATE, LOG and TRACE, also with stderr merged into stdout',
  async (entry, runs, context) => {
    const catalog = incrementalCatalog(await filledStreams(entry, runs));
    const run = await runWith(context, runs, entry, 'read', {catalog}, MERGED);
    const strange = run.lines.find(({json}) => {
      const type = messageTypeOf(json);
      return type !== undefined && !READ_TYPES.has(type);
    });
    const faults = [...failuresOf(run, CALLED), ...tornLines(run)];
    // A rotated token must be reported, even if this client ignores it.
    const control = messageTypeOf(strange?.json) === 'CONTROL';
    if (strange === undefined || control) return faults;
    return [
      ...faults,
      {
        reason: `a read printed a ${messageTypeOf(strange.json)} message, which makes airbyte-serverless fail`,
        offending: shown(strange.text),
        advice: 'In a read, print only RECORD, STATE, LOG and TRACE.',
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
              reason: 'the spec has no documentationUrl, which makes airbyte-serverless fail',
              advice: 'Add the URL of the documentation.',
            },
          ],
  }),
);

export const airbyteServerless: readonly Check[] = [results, read, links];
