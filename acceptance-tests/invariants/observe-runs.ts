// Checks each run of a connector against the invariants, whichever check makes it.
import type {Exit} from '../../process/child.ts';
import type {Connector, Line, Run} from '../connectors/connector.ts';
import {messagesOf} from '../protocol/messages.ts';
import {type Finding, openLint} from './lint.ts';

/** The findings in the runs of a connector so far. */
export interface Observations {
  readonly findings: readonly Finding[];
  readonly runs: number;
}

/** The complete lines: a run that was killed may have ended within one. */
const completeLines = ({lines, cut, hung, excess}: Run): readonly Line[] => {
  const last = lines.at(-1);
  const isKilled = cut === true || hung === true || excess !== undefined;
  const isTorn = isKilled && last !== undefined && last.json === undefined;
  return isTorn ? lines.slice(0, -1) : lines;
};

/** The findings in a run; the reason of each names the command. */
const lintRun = (run: Run, spec: unknown): readonly Finding[] => {
  const {config, catalog, state} = run.inputs;
  const lint = openLint({command: run.command, config, spec, catalog, state});
  // A run that was killed need not have printed everything, whatever its exit code is.
  const killed = run.cut === true || run.hung === true || run.excess !== undefined;
  const ended: Exit = killed ? {code: null, signal: run.exit.signal ?? 'SIGTERM'} : run.exit;
  const findings = completeLines(run).flatMap(({text}) => lint.line(text));
  return [...findings, ...lint.end(ended)].map((finding) => ({
    ...finding,
    reason: `${run.command}: ${finding.reason}`,
  }));
};

const observed = new WeakMap<Connector, Observations>();

/** The findings of `observeRuns` for the connector that it returned; empty for any other connector. */
export const observationsOf = (connector: Connector): Observations =>
  observed.get(connector) ?? {findings: [], runs: 0};

/** Returns the same connector, but each run is checked against the invariants. */
export const observeRuns = (connector: Connector): Connector => {
  const findings: Finding[] = [];
  let runs = 0;
  let spec: Promise<unknown> | undefined;
  const specOf = (run: Run): unknown => messagesOf(run, 'SPEC')[0]?.payload;
  const observer: Connector = {
    ...connector,
    run: async (command, inputs, style) => {
      // The spec marks the secrets of the config.
      if (command !== 'spec') spec ??= connector.run('spec', {}, {timeout: 60_000}).then(specOf);
      const run = await connector.run(command, inputs, style);
      if (command === 'spec') spec ??= Promise.resolve(specOf(run));
      runs += 1;
      // With stderr in its lines, they are not all messages; with other arguments, the command is not known.
      const plain = style?.stderr !== 'merged' && style?.words === undefined;
      if (plain) findings.push(...lintRun(run, await spec));
      observed.set(observer, {findings, runs});
      return run;
    },
  };
  return observer;
};
