// Holds the output of a run, line by line, to all that every connector must keep. Nothing of a line is kept but counts.
import type {Exit} from '../../process/child.ts';
import {INVARIANTS} from './all.ts';
import {finder} from './catalog.ts';
import type {About, Finding, Invariant, Told, Watcher} from './invariant.ts';
import {messageOfLine} from './message.ts';
import {maskerOf} from './secret-forms.ts';

export type {About, Finding} from './invariant.ts';

/** How often the same thing is told in full; the rest is counted. */
const MAX_TOLD = 3;

/** Of how many things findings are counted apart; the rest is taken together. */
const MAX_THINGS = 1000;

/** How much of a line is shown. */
const MAX_SHOWN = 300;

const NONE: readonly Finding[] = [];

const shown = (text: string): string =>
  text.length > MAX_SHOWN
    ? `${text.slice(0, MAX_SHOWN)}… (${text.length.toLocaleString('en')} characters)`
    : text;

export interface Lint {
  /** Takes one line without its `\n`; gives what is wrong with it, or with what it ends. */
  readonly line: (text: string) => readonly Finding[];
  /** How many lines there were of each type so far; those that are no message are under `''`. */
  readonly counts: () => Readonly<Record<string, number>>;
  /** Takes how the run ended, where that is known; gives what is wrong with the whole. */
  readonly end: (exit?: Exit) => readonly Finding[];
}

interface Place {
  readonly line: number;
  readonly text: string;
  readonly stream: string;
}

/** Findings of all invariants since they were taken last. */
const collect = (mask: (text: string) => string) => {
  let findings: Finding[] = [];
  const counts = new Map<string, {invariant: Invariant; last: Finding; count: number}>();
  const add = (invariant: Invariant, told: Told, place: Place | undefined): void => {
    const of = counts.size < MAX_THINGS ? (told.of ?? place?.stream ?? '') : 'the rest';
    const key = `${invariant.name}\n${of}`;
    const before = counts.get(key);
    const line = told.line ?? place?.line;
    const offending = told.offending ?? place?.text;
    const finding = {
      ...{invariant: invariant.name, severity: told.severity ?? 'error', reason: told.reason},
      ...(line !== undefined && {line}),
      ...(offending !== undefined && {offending: shown(mask(offending))}),
      advice: told.advice,
    };
    const count = (before?.count ?? 0) + 1;
    if (count <= MAX_TOLD) findings.push(finding);
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
      .filter(({count}) => count > MAX_TOLD)
      .map(({last, count}) => ({
        ...last,
        reason: `${(count - MAX_TOLD).toLocaleString('en')} more like it; the last one: ${last.reason}`,
      }));
  return {add, take, more};
};

/** Watches the output of one run. Its memory does not grow with the number of records. */
export const openLint = (about: About, invariants: readonly Invariant[] = INVARIANTS): Lint => {
  const findings = collect(maskerOf(about.config, about.spec));
  const find = finder(about.catalog);
  let place: Place | undefined;
  const watchers = invariants.map((invariant) =>
    invariant.watch(about, (told) => findings.add(invariant, told, place)),
  );
  const listed = <K extends keyof Watcher>(key: K) =>
    watchers.flatMap((watcher) => watcher[key] ?? []);
  const [ofLines, ofMessages, ofEnds] = [listed('line'), listed('message'), listed('end')];
  const counts = new Map<string, number>();
  const count = (type: string): void => {
    // Types are few, unless somebody prints what are none.
    if (counts.has(type) || counts.size < MAX_THINGS) counts.set(type, (counts.get(type) ?? 0) + 1);
  };
  let line = 0;
  return {
    counts: () => Object.fromEntries(counts),
    line: (text) => {
      line += 1;
      const message = messageOfLine(text, line, find);
      const stream = typeof message === 'string' ? '' : (message.stream?.key ?? '');
      place = {line, text, stream};
      count(typeof message === 'string' ? '' : message.type);
      const problem = typeof message === 'string' ? message : undefined;
      for (const watch of ofLines) watch(text, problem);
      if (typeof message !== 'string') for (const watch of ofMessages) watch(message);
      return findings.take();
    },
    end: (exit) => {
      place = undefined;
      for (const watch of ofEnds) watch(exit);
      return [...findings.take(), ...findings.more()];
    },
  };
};
