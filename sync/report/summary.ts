// Summarizes a run for the user.
import {harmless} from '../../process/terminal.ts';
import {aligned, count, duration, size} from './format.ts';
import type {StreamReport} from './stream-tally.ts';
import type {Outcome, Problem, SourceReport} from './tally.ts';

const streamCells = ({name, status, rows, bytes, elapsed, file}: StreamReport) =>
  status === 'not read'
    ? [name, status, '', '', '', '']
    : [
        name,
        status,
        count(rows, 'row'),
        rows === 0 ? '' : size(bytes),
        duration(elapsed),
        file ?? (status === 'complete' ? 'nothing new' : ''),
      ];

const sourceNotes = ({outcome, strayLines, stateFile}: SourceReport): readonly string[] => [
  ...(outcome === 'skipped' ? ['None of its streams was selected.'] : []),
  ...(strayLines > 0
    ? [
        `It printed ${count(strayLines, 'line')} that ${strayLines === 1 ? 'is not an Airbyte message' : 'are not Airbyte messages'}; ignored.`,
      ]
    : []),
  ...(stateFile === undefined
    ? []
    : [`The state is in ${stateFile}: the next run continues from it.`]),
];

const sourceLines = (report: SourceReport): readonly string[] => [
  `${report.name}: ${report.outcome}`,
  ...[...aligned(report.streams.map(streamCells), [2, 3, 4]), ...sourceNotes(report)].map(
    (line) => `  ${line}`,
  ),
  '',
];

const ORDER: readonly Outcome[] = ['complete', 'skipped', 'stopped', 'failed'];

const outcomes = (reports: readonly SourceReport[]): string =>
  ORDER.flatMap((outcome) => {
    const number = reports.filter((report) => report.outcome === outcome).length;
    return number === 0 ? [] : [`${number} ${outcome}`];
  }).join(', ');

const total = (reports: readonly SourceReport[], elapsed: number): string => {
  const streams = reports.flatMap((report) => report.streams);
  const rows = streams.reduce((sum, stream) => sum + stream.rows, 0);
  const bytes = streams.reduce((sum, stream) => sum + stream.bytes, 0);
  const sources =
    reports.length === 1 ? '' : `${count(reports.length, 'source')} (${outcomes(reports)}): `;
  return `${sources}${count(rows, 'row')}, ${size(bytes)} in ${duration(elapsed)}.`;
};

const adviceFor = ({failureType}: Problem, {stateFile}: SourceReport): string => {
  const again =
    stateFile === undefined ? 'it starts from the beginning' : 'it continues from the saved state';
  if (failureType === 'config_error')
    return `Correct that, then run the same command again: ${again}.`;
  if (failureType === 'transient_error') return `Run the same command again later: ${again}.`;
  return `Run the same command again: ${again}. With --debug it shows everything that the source logs.`;
};

const indented = (text: string): readonly string[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => `    ${line}`);

const failureLines = (report: SourceReport): readonly string[] => {
  const advice = new Set(report.problems.map((problem) => adviceFor(problem, report)));
  return [
    ...report.problems.flatMap(({stream, message}) => [
      `  ${report.name}${stream === undefined ? '' : `, ${stream}`}:`,
      ...indented(message),
    ]),
    ...[...advice].map((line) => `  ${line}`),
  ];
};

/** Lists a table for each source, the total, and the failures with advice. */
export const summarize = (reports: readonly SourceReport[], elapsed: number): readonly string[] => {
  const failures = reports.flatMap(failureLines);
  const lines = [
    '',
    ...reports.flatMap(sourceLines),
    total(reports, elapsed),
    ...(failures.length === 0 ? [] : ['', 'What failed', ...failures]),
  ];
  return lines.map(harmless);
};

/** Suggests what a new user can do next. */
export const nextSteps = (reports: readonly SourceReport[]): readonly string[] => {
  const file = reports.flatMap(({streams}) => streams).find((stream) => stream.file)?.file;
  const steps = [
    ...(file === undefined ? [] : [['Look at some rows', `head -3 ${file}`]]),
    ['Run it again', 'npm start    reads only new rows: none, because nothing has changed'],
    ['Read an API', 'npx headwater sync github --config github.json'],
    ['Write a source', 'docs/tutorial.md'],
  ];
  return ['', 'Next steps', ...aligned(steps, []).map((line) => `  ${harmless(line)}`)];
};
