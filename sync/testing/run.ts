// Runs a sync in this process with its sources as child processes, or the whole program as its users do.
import {type ChildProcess, spawn} from 'node:child_process';
import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {basename, join} from 'node:path';
import {afterAll} from '@jest/globals';
import {said as recordSaid} from '../../cdk/testing/secrets.ts';
import {openTally, type SourceReport} from '../report/tally.ts';
import type {Context} from '../run/context.ts';
import {sync} from '../run/sync.ts';

export const HEADWATER = join(import.meta.dirname, '../../headwater/main.ts');
export const FAKER = join(import.meta.dirname, '../../sources/faker/main.ts');

/** The time of every run in this process. */
export const NOW = Date.parse('2026-11-22T05:13:52.123Z');
export const STAMP = '20261122T051352Z';

const root = mkdtempSync(join(tmpdir(), 'headwater-test-'));
const running = new Set<ChildProcess>();
afterAll(() => {
  // Only a failed test leaves children running.
  for (const child of running) child.kill('SIGKILL');
  rmSync(root, {recursive: true, force: true});
});

/** Makes a folder that is removed after the test file. */
export const newFolder = (): string => mkdtempSync(join(root, 'test-'));

export type Row = {readonly [field: string]: unknown};

export const rowsIn = (path: string): readonly Row[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));

/** The names of the files in a directory, sorted, without locks; empty if it does not exist. */
export const filesIn = (directory: string): readonly string[] =>
  existsSync(directory)
    ? readdirSync(directory)
        .filter((name) => !(name.startsWith('.') && name.endsWith('.lock')))
        .sort()
    : [];

export const dataFilesIn = (directory: string): readonly string[] =>
  filesIn(directory)
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => join(directory, name));

/** The ids that landed in a directory, over all runs, in order. */
export const idsIn = (directory: string): readonly unknown[] =>
  dataFilesIn(directory)
    .flatMap(rowsIn)
    .map((row) => row['id']);

/** A state file without the fingerprint of its account, which is different in each run. */
export const stateTextIn = (path: string): string =>
  readFileSync(path, 'utf8').replace(/,"headwater":\{.*\}(?=\}(?:,|\n))/, '');

/** The blobs of a state file, by stream. */
export const blobsIn = (path: string): Readonly<Record<string, unknown>> => {
  const entries: readonly {
    readonly stream: {
      readonly stream_descriptor: {readonly name: string};
      readonly stream_state: unknown;
    };
  }[] = JSON.parse(readFileSync(path, 'utf8'));
  return Object.fromEntries(
    entries.map(({stream}) => [stream.stream_descriptor.name, stream.stream_state]),
  );
};

type Setup = {
  /** Paths of programs. */
  readonly sources: readonly string[];
  readonly directory: string;
  readonly configs?: Readonly<Record<string, string>>;
  readonly states?: Readonly<Record<string, string>>;
  readonly streams?: readonly string[];
  readonly tokens?: string;
  readonly debug?: boolean;
  readonly adoptState?: boolean;
  readonly stop?: AbortSignal;
};

const never = new AbortController().signal;

/** Runs a sync in this process. */
export const syncHere = async (
  setup: Setup,
): Promise<{readonly reports: readonly SourceReport[]; readonly said: readonly string[]}> => {
  const {directory, configs = {}, states = {}, debug = false, stop = never} = setup;
  const said: string[] = [];
  const jobs = setup.sources.map((path) => {
    const name = basename(path);
    return {
      name,
      path,
      config: configs[name],
      state: states[name] ?? join(directory, `${name}.state.json`),
      tally: openTally(name, () => NOW),
    };
  });
  const context: Context = {
    directory,
    tokens: setup.tokens,
    startedAt: NOW,
    now: () => NOW,
    stop: {soon: stop, now: never},
    adoptState: setup.adoptState,
    debug,
    log: (source, level, text) => {
      recordSaid(text);
      said.push(`${level} ${source}: ${text}`);
    },
  };
  await sync(jobs, setup.streams, context);
  return {reports: jobs.map(({tally}) => tally.report()), said};
};

export type Run = {
  readonly child: ChildProcess;
  readonly ended: Promise<{
    /** The exit code, or the name of the signal. */
    readonly status: number | string | null;
    readonly stdout: string;
    readonly stderr: string;
  }>;
};

/** Starts `headwater …` in its own process group, as a terminal does. */
export const startHeadwater = (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  program: string = HEADWATER,
): Run => {
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    // Files that a killed run leaves there are removed with the rest.
    env: {...process.env, TMPDIR: root, ...env},
  });
  running.add(child);
  const output = {stdout: '', stderr: ''};
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  const ended = new Promise<Awaited<Run['ended']>>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      running.delete(child);
      recordSaid(output.stdout);
      recordSaid(output.stderr);
      resolve({status: signal ?? code, ...output});
    });
  });
  return {child, ended};
};

/** Runs `headwater …` to its end. */
export const headwater = (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  program: string = HEADWATER,
): Run['ended'] => startHeadwater(args, env, program).ended;

/** Waits until a condition is true, for at most 20 seconds. */
export const until = async (condition: () => boolean): Promise<void> => {
  const deadline = Date.now() + 20_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`It never became true: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

/** True if a process has this id. */
export const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
