// Describes how a run failed.

import type {Run} from '../connectors/connector.ts';
import {shown, tracesOf} from '../protocol/messages.ts';
import type {Fault} from './check.ts';

const endOf = ({exit, hung, took}: Run): string => {
  if (hung === true) return `did not end in ${Math.round(took / 1000)} s and was killed`;
  return exit.signal === null ? `ended with exit code ${exit.code}` : `was ended by ${exit.signal}`;
};

/** The most useful line: the first TRACE ERROR, else the end of stderr, else the last line of stdout. */
const evidenceOf = (run: Run): string | undefined => {
  const [trace] = tracesOf(run, 'ERROR');
  const text = [
    trace?.line.text,
    run.stderr.trim().split('\n').at(-1),
    run.lines.at(-1)?.text,
  ].find(Boolean);
  return text === undefined ? undefined : shown(text);
};

/** The fault of a run that should have succeeded; undefined if it did. */
export const failureOf = (run: Run): Fault | undefined => {
  const failed = run.hung === true || run.exit.code !== 0;
  const [trace] = tracesOf(run, 'ERROR');
  if (!failed && trace === undefined) return undefined;
  const offending = evidenceOf(run);
  const reason = failed
    ? `\`${run.command}\` ${endOf(run)}`
    : `\`${run.command}\` printed a TRACE ERROR, although it ended with exit code 0`;
  return {
    reason,
    ...(offending !== undefined && {offending}),
    advice: `Run ${run.command} yourself with the same config. If the config is right, this is a bug in the connector.`,
  };
};
