// How a run failed, in words.

import type {Run} from '../connectors/connector.ts';
import {shown, tracesOf} from '../protocol/messages.ts';
import type {Fault} from './check.ts';

const endOf = ({exit, hung, took}: Run): string => {
  if (hung === true) return `did not end in ${Math.round(took / 1000)} s and was killed`;
  return exit.signal === null ? `ended with exit code ${exit.code}` : `was ended by ${exit.signal}`;
};

/** The line that says most: the first TRACE ERROR, else the end of stderr, else the last line of stdout. */
const telling = (run: Run): string | undefined => {
  const [trace] = tracesOf(run, 'ERROR');
  const said = [
    trace?.line.text,
    run.stderr.trim().split('\n').at(-1),
    run.lines.at(-1)?.text,
  ].find(Boolean);
  return said === undefined ? undefined : shown(said);
};

/** What is wrong with a run that should have succeeded; undefined where nothing is. */
export const failureOf = (run: Run): Fault | undefined => {
  const failed = run.hung === true || run.exit.code !== 0;
  const [trace] = tracesOf(run, 'ERROR');
  if (!failed && trace === undefined) return undefined;
  const offending = telling(run);
  const reason = failed
    ? `\`${run.command}\` ${endOf(run)}`
    : `\`${run.command}\` printed a TRACE ERROR, although it ended with exit code 0`;
  return {
    reason,
    ...(offending !== undefined && {offending}),
    advice: `Run it yourself and see: ${run.command} with the same config. If the config is right, this is a bug of the connector.`,
  };
};
