// The suite `connection`: whether check answers as the config deserves.

import {objectAt, stringAt} from '../../cdk/json/at.ts';
import type {Check, Fault} from '../check-kit/check.ts';
import {checksOf} from '../check-kit/define-check.ts';
import {failureOf} from '../check-kit/failure.ts';
import type {Run} from '../connectors/connector.ts';
import {messagesOf, shown} from '../protocol/messages.ts';

const define = checksOf('connection', (suites) => suites.connection);

const answered = (run: Run, status: 'SUCCEEDED' | 'FAILED'): readonly Fault[] => {
  const answers = messagesOf(run, 'CONNECTION_STATUS');
  const [answer] = answers;
  if (answer === undefined || answers.length > 1) {
    const failure = failureOf(run);
    if (failure !== undefined) return [failure];
    const offending = answers[1]?.line.text ?? run.lines.at(-1)?.text;
    return [
      {
        reason: `check gave ${answers.length} CONNECTION_STATUS messages`,
        ...(offending !== undefined && {offending: shown(offending)}),
        advice: 'Print exactly one CONNECTION_STATUS message.',
      },
    ];
  }
  const {status: actual, message} = answer.payload;
  const offending = shown(answer.line.text);
  if (actual !== status) {
    const advice =
      status === 'FAILED'
        ? 'check must use the credentials: ask the API for something that needs them.'
        : 'See whether the config still works: its token may have expired.';
    return [{reason: `check says ${shown(actual)}, and ${status} is expected`, offending, advice}];
  }
  if (status === 'FAILED' && (stringAt(message) ?? '') === '') {
    return [
      {
        reason: 'check says FAILED, and not why',
        offending,
        advice: 'Add a message that says what its user should do: some clients crash without one.',
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
            'End with exit code 0 once check has an answer, whichever it is: the platform takes any other for a crash.',
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
          ? 'the TRACE of check has no error message'
          : `check gave ${traces.length} TRACE messages, and one is expected`,
      ...(offending !== undefined && {offending: shown(offending)}),
      advice: 'With a config of status exception, print one TRACE ERROR that has a message.',
    },
  ];
};

const testCheck = define(
  'test_check',
  'check answers as the config says: succeed, failed or exception',
  async (entry, runs) => {
    const run = await runs.check(entry);
    if (entry.status === 'exception') return raised(run);
    return answered(run, entry.status === 'succeed' ? 'SUCCEEDED' : 'FAILED');
  },
);

export const connection: readonly Check[] = [testCheck];
