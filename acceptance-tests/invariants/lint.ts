// Checks the output of a run against the invariants, line by line, and keeps nothing of a line but counts.
import type {Exit} from '../../process/child.ts';
import {headOf} from '../../process/lines.ts';
import {INVARIANTS} from './all.ts';
import {finder} from './catalog.ts';
import type {About, Finding, Invariant, Violation, Watcher} from './invariant.ts';
import {messageOfLine} from './message.ts';
import {maskerOf} from './secret-forms.ts';

export type {About, Finding} from './invariant.ts';

/** Violations by the same subject that are reported in full; further ones are counted. */
const MAX_REPORTED = 3;

/** Subjects whose violations are counted separately; further ones are counted together. */
const MAX_SUBJECTS = 1000;

/** Characters of a line that are shown, of a reason, of a subject, and of a type that is counted. */
const MAX_SHOWN = 300;
const MAX_REASON = 3_000;
const MAX_SUBJECT = 2_500;
const MAX_TYPE = 100;

const NONE: readonly Finding[] = [];

const shown = (text: string, length = MAX_SHOWN): string =>
  text.length > length
    ? `${headOf(text, length)}… (${text.length.toLocaleString('en')} characters)`
    : text;

export interface Lint {
  /** Takes one line without its `\n`. Returns what is wrong with it, or with the messages that it completes. */
  readonly line: (text: string) => readonly Finding[];
  /** The number of lines of each type so far; lines that are not messages are under `''`. */
  readonly counts: () => Readonly<Record<string, number>>;
  /** Takes the end of the run, if it is known. Returns what is wrong with the whole output. */
  readonly end: (exit?: Exit) => readonly Finding[];
}

interface Location {
  readonly line: number;
  readonly text: string;
  readonly stream: string;
}

/** Collects the findings of all invariants until they are taken. */
const collect = (mask: (text: string) => string) => {
  let findings: Finding[] = [];
  const counts = new Map<string, {invariant: Invariant; last: Finding; count: number}>();
  const add = (
    invariant: Invariant,
    violation: Violation,
    location: Location | undefined,
  ): void => {
    const subject =
      counts.size < MAX_SUBJECTS ? (violation.subject ?? location?.stream ?? '') : 'the rest';
    const key = `${invariant.name}\n${headOf(subject, MAX_SUBJECT)}`;
    const before = counts.get(key);
    const line = violation.line ?? location?.line;
    const offending = violation.offending ?? location?.text;
    const finding = {
      ...{
        invariant: invariant.name,
        severity: violation.severity ?? 'error',
        reason: shown(violation.reason, MAX_REASON),
      },
      ...(line !== undefined && {line}),
      ...(offending !== undefined && {offending: shown(mask(offending))}),
      advice: violation.advice,
    };
    const count = (before?.count ?? 0) + 1;
    if (count <= MAX_REPORTED) findings.push(finding);
    counts.set(key, {invariant, last: finding, count});
  };
  const take = (): readonly Finding[] => {
    if (findings.length === 0) return NONE;
    const taken = findings;
    findings = [];
    return taken;
  };
  const more = (): readonly Finding[] =>
    [...counts.values()]
      .filter(({count}) => count > MAX_REPORTED)
      .map(({last, count}) => ({
        ...last,
        reason: `${(count - MAX_REPORTED).toLocaleString('en')} more like it; the last one: ${last.reason}`,
      }));
  return {add, take, more};
};

/** Watches the output of one run. Its memory does not grow with the number of records. */
export const openLint = (about: About, invariants: readonly Invariant[] = INVARIANTS): Lint => {
  const findings = collect(maskerOf(about.config, about.spec));
  const find = finder(about.catalog);
  let location: Location | undefined;
  const watchers = invariants.map((invariant) =>
    invariant.watch(about, (violation) => findings.add(invariant, violation, location)),
  );
  const listed = <K extends keyof Watcher>(key: K) =>
    watchers.flatMap((watcher) => watcher[key] ?? []);
  const [ofLines, ofMessages, ofEnds] = [listed('line'), listed('message'), listed('end')];
  const counts = new Map<string, number>();
  const count = (type: string): void => {
    // There are few types, but a connector may print anything as one.
    if (counts.has(type) || counts.size < MAX_SUBJECTS)
      counts.set(type, (counts.get(type) ?? 0) + 1);
  };
  let line = 0;
  return {
    counts: () => Object.fromEntries(counts),
    line: (text) => {
      line += 1;
      const message = messageOfLine(text, line, find);
      const stream = typeof message === 'string' ? '' : (message.stream?.key ?? '');
      location = {line, text, stream};
      count(typeof message === 'string' ? '' : headOf(message.type, MAX_TYPE));
      const problem = typeof message === 'string' ? message : undefined;
      for (const watch of ofLines) watch(text, problem);
      if (typeof message !== 'string') for (const watch of ofMessages) watch(message);
      return findings.take();
    },
    end: (exit) => {
      location = undefined;
      for (const watch of ofEnds) watch(exit);
      return [...findings.take(), ...findings.more()];
    },
  };
};
