// Describes how a run failed.

import type {Run} from '../connectors/connector.ts';
import {shown, tracesOf} from '../protocol/messages.ts';
import type {Fault} from './check.ts';

const endOf = ({exit, hung, excess, took}: Run): string => {
  if (excess !== undefined) return `printed ${excess}, and was killed`;
  if (hung === true) return `did not end in ${Math.round(took / 1000)} s and was killed`;
  return exit.signal === null ? `ended with exit code ${exit.code}` : `was ended by ${exit.signal}`;
};

/** The most useful line: the first TRACE ERROR, else the end of stderr, else the last line of stdout. */
const evidenceOf = (run: Run): string | undefined => {
  const [trace] = tracesOf(run, 'ERROR');
  if (run.excess !== undefined) return run.lines[0] && shown(run.lines[0].text);
  const text = [
    trace?.line.text,
    run.stderr.trim().split('\n').at(-1),
    run.lines.at(-1)?.text,
  ].find(Boolean);
  return text === undefined ? undefined : shown(text);
};

const EXCESS =
  'Print one message on each line, and end. If the account has that much data, test with a smaller one, a later start date or a configured_catalog_path of fewer streams, or raise --max-output.';

/** The fault of a run that should have succeeded; undefined if it did. */
export const failureOf = (run: Run): Fault | undefined => {
  const failed = run.hung === true || run.excess !== undefined || run.exit.code !== 0;
  const [trace] = tracesOf(run, 'ERROR');
  if (!failed && trace === undefined) return undefined;
  const offending = evidenceOf(run);
  const reason = failed
    ? `\`${run.command}\` ${endOf(run)}`
    : `\`${run.command}\` printed a TRACE ERROR, although it ended with exit code 0`;
  return {
    reason,
    ...(offending !== undefined && {offending}),
    advice:
      run.excess === undefined
        ? `Run ${run.command} yourself with the same config. If the config is right, this is a bug in the connector.`
        : EXCESS,
  };
};
