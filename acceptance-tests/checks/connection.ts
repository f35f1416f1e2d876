// The suite `connection`: check accepts the configs that work, and rejects the others.

import {objectAt, stringAt} from '../../cdk/json/at.ts';
import type {Check, Fault} from '../check-kit/check.ts';
import {checksOf} from '../check-kit/define-check.ts';
import {failureOf} from '../check-kit/failure.ts';
import type {Run} from '../connectors/connector.ts';
import {messagesOf, shown} from '../protocol/messages.ts';

const define = checksOf('connection', (suites) => suites.connection);

const PRINT_FAILED =
  'End with exit code 0 and a CONNECTION_STATUS that says FAILED if the config cannot work, for a wrong URL as for a wrong key: an error says to try again later.';

/** The fault of a run that did not print one result. */
const withoutResult = (run: Run, status: 'SUCCEEDED' | 'FAILED'): Fault => {
  const results = messagesOf(run, 'CONNECTION_STATUS');
  const failure = failureOf(run);
  if (failure !== undefined)
    return status === 'FAILED' ? {...failure, advice: PRINT_FAILED} : failure;
  const offending = results[1]?.line.text ?? run.lines.at(-1)?.text;
  return {
    reason: `check printed ${results.length} CONNECTION_STATUS messages instead of one`,
    ...(offending !== undefined && {offending: shown(offending)}),
    advice: 'Print exactly one CONNECTION_STATUS message.',
  };
};

const statusFaults = (run: Run, status: 'SUCCEEDED' | 'FAILED'): readonly Fault[] => {
  const results = messagesOf(run, 'CONNECTION_STATUS');
  const [result] = results;
  if (result === undefined || results.length > 1) return [withoutResult(run, status)];
  const {status: actual, message} = result.payload;
  const offending = shown(result.line.text);
  if (actual !== status) {
    const advice =
      status === 'FAILED'
        ? 'Make check use the credentials, with a request that needs them.'
        : 'Check the config: its token may have expired.';
    return [{reason: `check says ${shown(actual)}, but ${status} is expected`, offending, advice}];
  }
  if (status === 'FAILED' && (stringAt(message) ?? '') === '') {
    return [
      {
        reason: 'check says FAILED without a reason',
        offending,
        advice: 'Add a message that says what the user should do: some clients crash without one.',
      },
    ];
  }
  const hasFailed = run.exit.code !== 0;
  return hasFailed
    ? [
        {
          reason: `check says ${status}, but ended with ${run.exit.signal ?? `exit code ${run.exit.code}`}`,
          offending,
          advice:
            'End with exit code 0 after a CONNECTION_STATUS, also after FAILED: the platform takes any other code for a crash.',
        },
      ]
    : [];
};

const raised = (run: Run): readonly Fault[] => {
  const traces = messagesOf(run, 'TRACE');
  const message = stringAt(objectAt(traces[0]?.payload['error'])['message']) ?? '';
  if (traces.length === 1 && message !== '') return [];
  const offending = run.lines.at(-1)?.text;
  return [
    {
      reason:
        traces.length === 1
          ? 'the TRACE ERROR of check has no message'
          : `check printed ${traces.length} TRACE ERROR messages instead of one`,
      ...(offending !== undefined && {offending: shown(offending)}),
      advice: 'With a config of status exception, print one TRACE ERROR that has a message.',
    },
  ];
};

const testCheck = define(
  'test_check',
  'check has the result that the config names: succeed, failed or exception',
  async (entry, runs) => {
    const run = await runs.check(entry);
    if (entry.status === 'exception') return raised(run);
    return statusFaults(run, entry.status === 'succeed' ? 'SUCCEEDED' : 'FAILED');
  },
);

export const connection: readonly Check[] = [testCheck];
