// Follows docs/tutorial.md, unchanged and in order: each named file is written, each command runs.
import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {onFreePort} from './free-port.ts';
import {stepsOf, writeStep} from './steps.ts';

const steps = stepsOf('docs/tutorial.md');

type Place = {
  /** The repository in which to follow it. */
  readonly folder: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Runs commands in one shell, which stops at the first that fails. Resolves to their output. */
  readonly shell: (commands: string) => Promise<string>;
  /** The kinds of shell blocks to leave out. */
  readonly leaveOut: readonly string[];
};

/** The servers that the page starts in a second terminal; the next one takes the place of the last. */
const openTerminal = ({folder, env = process.env}: Place) => {
  let server: ChildProcess | undefined;
  const stop = async (): Promise<void> => {
    if (server === undefined || server.exitCode !== null) return;
    const closed = once(server, 'close');
    server.kill('SIGTERM');
    await closed;
  };
  /** The fake API listens after it has printed its address. */
  const serve = async (command: string): Promise<void> => {
    await stop();
    server = spawn('/bin/sh', ['-c', `exec ${command}`], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(server, 'exit').then(([code]) => {
      throw new Error(`The fake API did not start: it ended with ${code}.\n${command}`);
    });
    if (server.stdout) await Promise.race([once(createInterface(server.stdout), 'line'), ended]);
    ended.catch(() => {}); // it ends when the page stops it
  };
  return {serve, stop};
};

const rowsIn = (folder: string, stream: string): readonly number[] =>
  readdirSync(folder)
    .filter((name) => name.startsWith(`toolshed_${stream}_`))
    .map((name) => readFileSync(join(folder, name), 'utf8').trim().split('\n').length)
    .toSorted((a, b) => b - a);

/** Follows the page to its end. Resolves to what its commands printed, and the rows that they landed. */
export const followTutorial = async (place: Place) => {
  const {folder, leaveOut} = place;
  const shell = onFreePort(place);
  const terminal = openTerminal(place);
  let printed = '';
  try {
    for (const step of steps) {
      const {path, language, content} = step;
      if (path !== '') writeStep(folder, step);
      else if (leaveOut.includes(language)) continue;
      else if (['sh server', 'sh weather'].includes(language)) await terminal.serve(content);
      else if (/^sh( docker)?$/.test(language)) printed += await shell(content);
      else throw new Error(`The page has a block that nothing follows: ${language}`);
    }
  } finally {
    await terminal.stop();
  }
  const landed = (directory: string) => ({
    tools: rowsIn(join(folder, directory), 'tools'),
    loans: rowsIn(join(folder, directory), 'loans'),
  });
  return {printed, landing: landed('landing'), weather: landed('weather')};
};

/** The rows that the page promises to its readers. */
export const PROMISED = {
  // One tool comes again in the second sync.
  landing: {tools: [60, 1], loans: [162]},
  weather: {tools: [60], loans: [162]},
};
