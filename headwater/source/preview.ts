// `headwater preview`: the first records of a stream, their types, and how they were fetched.
import {EXIT_FAILURE} from '../../process/command-line.ts';
import {harmless} from '../../process/terminal.ts';
import {count} from '../../sync/report/format.ts';
import {compare} from './compare.ts';
import {observeAll} from './observe.ts';
import {type Sample, sampleOf, withStream} from './sample.ts';
import type {SourceFlags} from './session.ts';
import {fieldTable, recordTable, schemaOf} from './tables.ts';

export type PreviewFlags = SourceFlags & {
  /** The number of records to show. */
  readonly limit: number;
};

/** Types need more records than a table. */
const MIN_SAMPLE = 50;

const MAX_LOGS = 40;

const logLines = (logs: Sample['logs']): readonly string[] => {
  const shown = logs.slice(0, MAX_LOGS).map(harmless);
  const left = logs.length - shown.length;
  return left > 0 ? [...shown, `… and ${left} more lines`] : shown;
};

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [title, '', ...lines, ''];

export const preview = (
  first: string | undefined,
  second: string | undefined,
  flags: PreviewFlags,
): Promise<number> =>
  withStream(first, second, flags, async (session, stream) => {
    const {records, logs, isWhole, problem} = await sampleOf(
      session,
      stream,
      Math.max(flags.limit, MIN_SAMPLE),
    );
    const {rows, findings} = compare(observeAll(records), schemaOf(stream));
    const shown = records.slice(0, flags.limit);
    const all = isWhole ? 'all ' : 'the first ';
    const title = `${stream.descriptor.name} of ${session.source.name}: ${records.length === 0 ? 'no records' : `${shown.length === records.length ? all : 'the first '}${count(shown.length, 'record')}`}`;
    const width = process.stdout.columns || 160;
    const lines = [
      ...(records.length === 0 ? [title, ''] : section(title, recordTable(shown, stream, width))),
      ...section(
        `Fields, in ${all}${count(records.length, 'record')}`,
        records.length === 0 ? [] : fieldTable(rows),
      ),
      ...section(
        'Findings',
        findings
          .filter(({level}) => level !== 'note')
          .map(({level, text}) => harmless(`${level}: ${text}`)),
      ),
      ...section('Requests and pages', logLines(logs)),
    ];
    process.stdout.write(lines.map((line) => `${line}\n`).join(''));
    if (problem === undefined) return 0;
    session.log(`error: ${problem}`);
    return EXIT_FAILURE;
  });
