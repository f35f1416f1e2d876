// A connector that is watched: each of its runs, whoever asks for it, is held against the invariants.
import type {Check, Context, Fault} from '../checks/check.ts';
import type {Settings} from '../config/settings.ts';
import type {Connector, Exit, Line, Run} from '../connectors/connector.ts';
import {INVARIANTS} from '../invariants/all.ts';
import {type Finding, openLint} from '../invariants/lint.ts';
import {messagesOf} from '../messages.ts';

interface Observed {
  readonly findings: Finding[];
  runs: number;
}

const observed = new WeakMap<Context, Observed>();

/** Lines that are whole: what was killed may have ended within one. */
const wholeLines = ({lines, cut, hung}: Run): readonly Line[] => {
  const last = lines.at(-1);
  const isTorn = (cut === true || hung === true) && last !== undefined && last.json === undefined;
  return isTorn ? lines.slice(0, -1) : lines;
};

/** What is wrong with a run by the invariants; its command line is told with it. */
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

/** The context of one run of the suite, in which all runs of the connector are watched. */
export const openContext = (connector: Connector, settings: Settings): Context => {
  const seen: Observed = {findings: [], runs: 0};
  let spec: Promise<unknown> | undefined;
  const specOf = (run: Run): unknown => messagesOf(run, 'SPEC')[0]?.payload;
  const watched: Connector = {
    ...connector,
    run: async (command, inputs, manner) => {
      // It says which values of the config are secrets.
      if (command !== 'spec') spec ??= connector.run('spec', {}, {timeout: 60_000}).then(specOf);
      const run = await connector.run(command, inputs, manner);
      if (command === 'spec') spec ??= Promise.resolve(specOf(run));
      seen.runs += 1;
      // Where stderr is among its lines, they are not all messages; and words of another kind are no command.
      const plain = manner?.stderr !== 'merged' && manner?.words === undefined;
      if (plain) seen.findings.push(...lintRun(run, await spec));
      return run;
    },
  };
  const context = {connector: watched, settings};
  observed.set(context, seen);
  return context;
};

/** Equal findings of several runs as one. */
const distinct = (findings: readonly Finding[]): readonly Fault[] => {
  const counts = Map.groupBy(findings, ({reason}) => reason);
  return [...counts.values()].flatMap(([first, ...others]) =>
    first === undefined
      ? []
      : [
          {
            reason: others.length === 0 ? first.reason : `${first.reason} (${others.length + 1}×)`,
            ...(first.offending !== undefined && {offending: first.offending}),
            advice: first.advice,
          },
        ],
  );
};

/** A check for each invariant, over all runs so far: so they come last. */
export const invariants: readonly Check[] = INVARIANTS.map(({name, about}) => ({
  suite: 'invariants',
  name,
  about,
  run: async (context) => {
    const {findings = [], runs = 0} = observed.get(context) ?? {};
    if (runs === 0) return {status: 'skipped', reason: 'nothing was run'};
    const own = findings.filter(({invariant}) => invariant === name);
    const errors = own.filter(({severity}) => severity === 'error');
    if (errors.length > 0) return {status: 'failed', faults: distinct(errors)};
    return own.length > 0 ? {status: 'warned', faults: distinct(own)} : {status: 'passed'};
  },
}));
