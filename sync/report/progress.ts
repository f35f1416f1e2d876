// How a run goes, on stderr: a block that is redrawn in a terminal, plain lines anywhere else.
import {styleText} from 'node:util';
import {aligned, count, duration, harmless, rate, size} from './format.ts';
import type {StreamReport, StreamStatus} from './stream-tally.ts';
import type {SourceReport} from './tally.ts';

/** Of a line that is shown: as loud as it is important. */
export type Level = 'info' | 'warn' | 'error';

/** Of `process.stderr`, what is needed here. */
export type Terminal = {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  readonly write: (text: string) => unknown;
};

export type Progress = {
  /** Shows a line that stays. */
  readonly log: (source: string, level: Level, text: string) => void;
  /** Shows how the run goes by now. */
  readonly look: () => void;
  /** A last look, and then no more. */
  readonly close: () => void;
};

type Options = {
  readonly terminal: Terminal;
  readonly reports: () => readonly SourceReport[];
  readonly now: () => number;
  readonly colour: boolean;
  /** Whether to leave nothing behind in a terminal, because a summary says it all. */
  readonly erase: boolean;
};

const COLOURS = {info: 'dim', warn: 'yellow', error: 'red'} as const;

const statusWords = ({status, waitsUntil}: StreamReport): string => {
  if (status !== 'running' || waitsUntil === undefined) return status;
  return waitsUntil === 0
    ? 'waits for the rate limit'
    : `waits for the rate limit until ${new Date(waitsUntil).toLocaleTimeString('en-GB')}`;
};

const streamCells = (source: string, stream: StreamReport): readonly string[] => {
  const {name, rows, bytes, elapsed, status} = stream;
  return status === 'waiting' || status === 'not read'
    ? [source, name, '', '', '', status]
    : [source, name, count(rows, 'row'), rate(rows, elapsed), size(bytes), statusWords(stream)];
};

type Line = {readonly status: StreamStatus; readonly cells: readonly string[]};

const sourceLines = ({name, outcome, streams}: SourceReport): readonly Line[] =>
  streams.length === 0 && outcome === 'running'
    ? [{status: 'waiting', cells: [name, 'connecting']}]
    : streams.map((stream) => ({status: stream.status, cells: streamCells(name, stream)}));

const STYLES: Readonly<Record<StreamStatus, Parameters<typeof styleText>[0] | undefined>> = {
  waiting: 'dim',
  running: undefined,
  complete: 'green',
  incomplete: 'red',
  'not read': 'dim',
};

/** Where there are more streams than lines, those that run come first, then those to come. */
const RANKS: readonly StreamStatus[] = ['running', 'incomplete', 'waiting', 'not read', 'complete'];

const fitting = (streams: readonly Line[], lines: number): readonly Line[] => {
  if (streams.length <= lines) return streams;
  const chosen = new Set(
    streams
      .toSorted((a, b) => RANKS.indexOf(a.status) - RANKS.indexOf(b.status))
      .slice(0, lines - 1),
  );
  return streams.filter((stream) => chosen.has(stream));
};

/** The block: a line per stream, none longer than the terminal is wide. */
export const drawBlock = (
  reports: readonly SourceReport[],
  {columns = 80, rows = 24}: Pick<Terminal, 'columns' | 'rows'>,
  colour: boolean,
): readonly string[] => {
  const streams = reports.flatMap(sourceLines);
  const shown = fitting(streams, Math.max(2, rows - 2));
  const hidden = streams.length - shown.length;
  const lines = aligned(
    shown.map(({cells}) => cells),
    [2, 3, 4],
  ).map((line, index) => {
    const cut = harmless(line).slice(0, columns - 1);
    const style = STYLES[shown[index]?.status ?? 'running'];
    return colour && style !== undefined ? styleText(style, cut, {validateStream: false}) : cut;
  });
  return hidden === 0 ? lines : [...lines, `and ${count(hidden, 'more stream')}`];
};

const spoken = (source: string, level: Level, text: string, colour: boolean): readonly string[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => {
      const plain = `${source}: ${harmless(line)}`;
      return colour ? styleText(COLOURS[level], plain, {validateStream: false}) : plain;
    });

const liveProgress = ({terminal, reports, colour, erase}: Options): Progress => {
  let drawn = 0;
  const show = (said: readonly string[], block = drawBlock(reports(), terminal, colour)): void => {
    const back = drawn === 0 ? '' : `\x1b[${drawn}A\x1b[0J`;
    terminal.write(back + [...said, ...block].map((line) => `${line}\n`).join(''));
    drawn = block.length;
  };
  return {
    log: (source, level, text) => show(spoken(source, level, text, colour)),
    look: () => show([]),
    close: () => (erase ? show([], []) : show([])),
  };
};

/** How often a stream that takes long is spoken of, in milliseconds. */
const INTERVAL = 10_000;

type Told = {readonly status: StreamStatus; readonly at: number};

const newsOf = (
  {name, status, rows, bytes, elapsed}: StreamReport,
  told: Told | undefined,
  now: number,
): readonly string[] => {
  if (status === 'waiting' || status === 'not read') return [];
  const start = told === undefined ? [`${name} started`] : [];
  if (status !== 'running') {
    return status === told?.status
      ? []
      : [...start, `${name} ${status}, ${count(rows, 'row')} in ${duration(elapsed)}`];
  }
  if (told === undefined || now - told.at < INTERVAL) return start;
  return [`${name}, ${count(rows, 'row')} so far, ${size(bytes)} in ${duration(elapsed)}`];
};

const plainProgress = ({terminal, reports, now, colour}: Options): Progress => {
  const told = new Map<string, Told>();
  const write = (lines: readonly string[]): void => {
    for (const line of lines) terminal.write(`${line}\n`);
  };
  const look = (): void => {
    for (const {name: source, streams} of reports()) {
      for (const stream of streams) {
        const key = `${source} ${stream.name}`;
        const news = newsOf(stream, told.get(key), now());
        if (news.length === 0) continue;
        told.set(key, {status: stream.status, at: now()});
        write(news.map((line) => `${source}: ${line}`));
      }
    }
  };
  return {
    log: (source, level, text) => write(spoken(source, level, text, colour)),
    look,
    close: look,
  };
};

/** Shows a run; `look` is to be called now and then. */
export const openProgress = (options: Options): Progress =>
  options.terminal.isTTY ? liveProgress(options) : plainProgress(options);
