// Reports for programs: JSON, and JUnit XML for CI servers.
import type {Result} from '../check-kit/check.ts';
import {countsOf} from './text.ts';

export interface Report {
  readonly connector: string;
  readonly config: string;
  readonly startedAt: string;
  /** Milliseconds. */
  readonly took: number;
  readonly results: readonly Result[];
}

/** `{connector, config, startedAt, took, counts, checks: [{suite, name, about, took, status, …}]}`; times in milliseconds. */
export const jsonReport = ({results, ...report}: Report): string => {
  const checks = results.map(({outcome, ...check}) => ({...check, ...outcome}));
  return `${JSON.stringify({...report, counts: countsOf(results), checks}, null, 2)}\n`;
};

/** Characters that XML 1.0 does not allow, not even escaped. */
const ILLEGAL = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

const escaped = (text: string): string =>
  text
    .replaceAll(ILLEGAL, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');

const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(3);

const content = ({outcome}: Result): string => {
  if (outcome.status === 'passed') return '';
  if (outcome.status === 'skipped') return `<skipped message="${escaped(outcome.reason)}"/>`;
  const details = outcome.faults
    .map(({reason, offending, advice}) =>
      [reason, ...(offending === undefined ? [] : [offending]), `-> ${advice}`].join('\n'),
    )
    .join('\n\n');
  const message = escaped(outcome.faults[0]?.reason ?? '');
  return outcome.status === 'failed'
    ? `<failure message="${message}">${escaped(details)}</failure>`
    : `<system-out>${escaped(details)}</system-out>`;
};

const suiteXml = (name: string, results: readonly Result[]): string => {
  const {failed, skipped} = countsOf(results);
  const took = results.reduce((sum, result) => sum + result.took, 0);
  const cases = results.map(
    (result) =>
      `    <testcase classname="${result.suite}" name="${result.name}" time="${seconds(result.took)}">${content(result)}</testcase>\n`,
  );
  return `  <testsuite name="${name}" tests="${results.length}" failures="${failed}" errors="0" skipped="${skipped}" time="${seconds(took)}">\n${cases.join('')}  </testsuite>\n`;
};

/** The format: https://github.com/testmoapp/junitxml */
export const junitReport = ({connector, took, results}: Report): string => {
  const {failed} = countsOf(results);
  const suites = [...Map.groupBy(results, ({suite}) => suite)].map(([name, own]) =>
    suiteXml(name, own),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${escaped(connector)}" tests="${results.length}" failures="${failed}" time="${seconds(took)}">\n${suites.join('')}</testsuites>\n`;
};
