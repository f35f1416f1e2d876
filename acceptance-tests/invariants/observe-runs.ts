// Holds each run of a connector, whichever check asks for it, against the invariants.
import type {Exit} from '../../process/child.ts';
import type {Connector, Line, Run} from '../connectors/connector.ts';
import {messagesOf} from '../protocol/messages.ts';
import {type Finding, openLint} from './lint.ts';

/** What was found in the runs of a connector so far. */
export interface Observations {
  readonly findings: readonly Finding[];
  readonly runs: number;
}

/** Lines that are whole: a run that was killed may have ended within one. */
const wholeLines = ({lines, cut, hung}: Run): readonly Line[] => {
  const last = lines.at(-1);
  const isTorn = (cut === true || hung === true) && last !== undefined && last.json === undefined;
  return isTorn ? lines.slice(0, -1) : lines;
};

/** What is wrong with a run by the invariants; the reason names its command. */
const lintRun = (run: Run, spec: unknown): readonly Finding[] => {
  const {config, catalog, state} = run.inputs;
  const lint = openLint({command: run.command, config, spec, catalog, state});
  // What was ended by others need not have said all, whatever it made of the signal.
  const killed = run.cut === true || run.hung === true;
  const ended: Exit = killed ? {code: null, signal: run.exit.signal ?? 'SIGTERM'} : run.exit;
  const findings = wholeLines(run).flatMap(({text}) => lint.line(text));
  return [...findings, ...lint.end(ended)].map((finding) => ({
    ...finding,
    reason: `${run.command}: ${finding.reason}`,
  }));
};

const observed = new WeakMap<Connector, Observations>();

/** What `observeRuns` found for this connector; nothing for a connector that it did not make. */
export const observationsOf = (connector: Connector): Observations =>
  observed.get(connector) ?? {findings: [], runs: 0};

/** The same connector, each of whose runs is held against the invariants. */
export const observeRuns = (connector: Connector): Connector => {
  const findings: Finding[] = [];
  let runs = 0;
  let spec: Promise<unknown> | undefined;
  const specOf = (run: Run): unknown => messagesOf(run, 'SPEC')[0]?.payload;
  const observer: Connector = {
    ...connector,
    run: async (command, inputs, style) => {
      // It says which values of the config are secrets.
      if (command !== 'spec') spec ??= connector.run('spec', {}, {timeout: 60_000}).then(specOf);
      const run = await connector.run(command, inputs, style);
      if (command === 'spec') spec ??= Promise.resolve(specOf(run));
      runs += 1;
      // Where stderr is among its lines, they are not all messages; and words of another kind are no command.
      const plain = style?.stderr !== 'merged' && style?.words === undefined;
      if (plain) findings.push(...lintRun(run, await spec));
      observed.set(observer, {findings, runs});
      return run;
    },
  };
  return observer;
};
