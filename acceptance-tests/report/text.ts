// The report on the terminal.
import {harmlessText as harmless} from '../../process/terminal.ts';
import type {Fault, Outcome, Result} from '../check-kit/check.ts';

export type Paint = (style: 'red' | 'green' | 'yellow' | 'dim' | 'bold', text: string) => string;

const CODES = {red: 31, green: 32, yellow: 33, dim: 2, bold: 1} as const;

export const paintOf = (colour: boolean): Paint =>
  colour ? (style, text) => `\u001b[${CODES[style]}m${text}\u001b[0m` : (_, text) => text;

const short = (text: string, length: number): string => {
  const line = harmless(text).replaceAll(/\s+/g, ' ').trim();
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
};

/** `40 ms`, `1.2 s`, `12 s`, `3 min 05 s` */
const duration = (milliseconds: number): string => {
  if (milliseconds < 1000) return `${milliseconds} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 60
    ? `${whole} s`
    : `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
};

const MARKS = {
  passed: ['✓', 'green'],
  failed: ['✗', 'red'],
  warned: ['!', 'yellow'],
  skipped: ['-', 'dim'],
} as const;

const LONG = 1000;
const NAME_WIDTH = 46;
const REASON_LENGTH = 160;
const OFFENDING_LENGTH = 120;

const oneLine = ({reason, offending}: Fault): string => {
  const text = short(reason, REASON_LENGTH);
  return offending === undefined
    ? text
    : `${text.replace(/\.$/, '')}: ${short(offending, OFFENDING_LENGTH)}`;
};

const detail = (outcome: Outcome, about: string): string => {
  if (outcome.status === 'passed') return harmless(outcome.note ?? about);
  if (outcome.status === 'skipped') return `skipped: ${short(outcome.reason, REASON_LENGTH)}`;
  const [first, ...others] = outcome.faults;
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  return first === undefined ? '' : `${oneLine(first)}${more}`;
};

export const lineOf = ({name, about, outcome, took}: Result, paint: Paint): string => {
  const [mark, style] = MARKS[outcome.status];
  const text = detail(outcome, about);
  const quiet = outcome.status === 'passed' || outcome.status === 'skipped';
  const time = took >= LONG ? paint('dim', `  ${duration(took)}`) : '';
  return `  ${paint(style, mark)} ${name.padEnd(NAME_WIDTH)} ${quiet ? paint('dim', text) : text}${time}`;
};

const MAX_FAULTS = 5;

const indented = (text: string): string =>
  harmless(text)
    .split('\n')
    .map((line) => `      ${line}`)
    .join('\n');

/** The lines of a check with its faults, each with advice. */
const faultLines = ({suite, name, outcome}: Result, paint: Paint): readonly string[] => {
  if (!('faults' in outcome)) return [];
  const [mark, style] = MARKS[outcome.status];
  const shown = outcome.faults.slice(0, MAX_FAULTS);
  const more = outcome.faults.length - shown.length;
  return [
    `${paint(style, mark)} ${paint('bold', `${suite}.${name}`)}`,
    ...shown.flatMap(({reason, offending, advice}) => [
      `    ${harmless(reason)}`,
      ...(offending === undefined ? [] : [paint('dim', indented(offending))]),
      `    → ${harmless(advice)}`,
    ]),
    ...(more > 0 ? [`    and ${more} more`] : []),
    '',
  ];
};

export const countsOf = (results: readonly Result[]) => {
  const of = (status: Outcome['status']): number =>
    results.filter(({outcome}) => outcome.status === status).length;
  return {
    passed: of('passed'),
    failed: of('failed'),
    warned: of('warned'),
    skipped: of('skipped'),
  };
};

/** The end of the report: failures, warnings, then counts and the time. */
export const summary = (
  label: string,
  results: readonly Result[],
  took: number,
  paint: Paint,
): readonly string[] => {
  const counts = countsOf(results);
  const detailsOf = (status: 'failed' | 'warned') =>
    results
      .filter(({outcome}) => outcome.status === status)
      .flatMap((one) => faultLines(one, paint));
  const numbers = [
    ...(counts.failed > 0 ? [paint('red', `${counts.failed} failed`)] : []),
    ...(counts.warned > 0 ? [paint('yellow', `${counts.warned} with warnings`)] : []),
    paint(counts.passed > 0 ? 'green' : 'dim', `${counts.passed} passed`),
    ...(counts.skipped > 0 ? [paint('dim', `${counts.skipped} skipped`)] : []),
  ].join(', ');
  const verdict =
    counts.failed > 0
      ? paint('red', paint('bold', `${harmless(label)} fails.`))
      : paint('green', paint('bold', `${harmless(label)} passes.`));
  return [
    '',
    paint('dim', '─'.repeat(80)),
    '',
    ...detailsOf('failed'),
    ...detailsOf('warned'),
    `${verdict} ${results.length} checks: ${numbers} in ${duration(took)}.`,
  ];
};
