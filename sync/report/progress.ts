// Shows the progress of a run on stderr: a block that is redrawn in a terminal, plain lines elsewhere.
import {styleText} from 'node:util';
import {harmless} from '../../process/terminal.ts';
import {aligned, count, duration, rate, size} from './format.ts';
import type {StreamReport, StreamStatus} from './stream-tally.ts';
import type {SourceReport} from './tally.ts';

export type Level = 'info' | 'warn' | 'error';

/** The used part of `process.stderr`. */
export type Terminal = {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  readonly write: (text: string) => unknown;
};

export type Progress = {
  /** Shows a line that stays. */
  readonly log: (source: string, level: Level, text: string) => void;
  /** Updates the progress; call it every fraction of a second. */
  readonly look: () => void;
  /** Updates the progress for the last time. */
  readonly close: () => void;
};

type Options = {
  readonly terminal: Terminal;
  readonly reports: () => readonly SourceReport[];
  readonly now: () => number;
  readonly colour: boolean;
  /** Removes the block from a terminal at the end, because a summary follows. */
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

/** If there are more streams than lines, those with the first status here are shown. */
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

/** Draws a line for each stream, cut to the width of the terminal. */
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

const logLines = (source: string, level: Level, text: string, colour: boolean): readonly string[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => {
      const plain = harmless(`${source}: ${line}`);
      return colour ? styleText(COLOURS[level], plain, {validateStream: false}) : plain;
    });

const liveProgress = ({terminal, reports, colour, erase}: Options): Progress => {
  let drawn = 0;
  const show = (
    logged: readonly string[],
    block = drawBlock(reports(), terminal, colour),
  ): void => {
    const back = drawn === 0 ? '' : `\x1b[${drawn}A\x1b[0J`;
    terminal.write(back + [...logged, ...block].map((line) => `${line}\n`).join(''));
    drawn = block.length;
  };
  return {
    log: (source, level, text) => show(logLines(source, level, text, colour)),
    look: () => show([]),
    close: () => (erase ? show([], []) : show([])),
  };
};

/** Milliseconds between two reports of a running stream. */
const INTERVAL = 10_000;

type Reported = {readonly status: StreamStatus; readonly at: number};

const newsOf = (
  {name, status, rows, bytes, elapsed}: StreamReport,
  last: Reported | undefined,
  now: number,
): readonly string[] => {
  if (status === 'waiting' || status === 'not read') return [];
  const start = last === undefined ? [`${name} started`] : [];
  if (status !== 'running') {
    return status === last?.status
      ? []
      : [...start, `${name} ${status}, ${count(rows, 'row')} in ${duration(elapsed)}`];
  }
  if (last === undefined || now - last.at < INTERVAL) return start;
  return [`${name}, ${count(rows, 'row')} so far, ${size(bytes)} in ${duration(elapsed)}`];
};

const plainProgress = ({terminal, reports, now, colour}: Options): Progress => {
  const reported = new Map<string, Reported>();
  const write = (lines: readonly string[]): void => {
    for (const line of lines) terminal.write(`${line}\n`);
  };
  const look = (): void => {
    for (const {name: source, streams} of reports()) {
      for (const stream of streams) {
        const key = `${source} ${stream.name}`;
        const news = newsOf(stream, reported.get(key), now());
        if (news.length === 0) continue;
        reported.set(key, {status: stream.status, at: now()});
        write(news.map((line) => harmless(`${source}: ${line}`)));
      }
    }
  };
  return {
    log: (source, level, text) => write(logLines(source, level, text, colour)),
    look,
    close: look,
  };
};

export const openProgress = (options: Options): Progress =>
  options.terminal.isTTY ? liveProgress(options) : plainProgress(options);
