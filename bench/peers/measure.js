// Runs a program with its stdout in a pipe, and tells what it took: it alone, not who reads the pipe.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

/** Every program reports its own usage into this file. */
const folder = mkdtempSync(join(tmpdir(), 'headwater-bench-'));
const USAGE = join(folder, 'usage.json');
process.on('exit', () => rmSync(folder, {recursive: true}));

/** A pipe of the kernel's, as a platform has it: what Node calls a pipe is a socket. */
const inPipe = (sink) => `"$@" | ${sink}`;

const SINKS = {
  drop: 'cat >/dev/null',
  count: `LC_ALL=C awk '/"type":"RECORD"/{n++} {b+=length($0)+1} END{printf "%d %d\\n",n,b}'`,
};

const environment = (more) => {
  // What scripts/node.sh sets for programs of this checkout is no part of what is compared.
  const {NODE_COMPILE_CACHE: _cache, MALLOC_ARENA_MAX: _arenas, ...own} = process.env;
  return {...own, ...more, BENCH_USAGE: USAGE};
};

const text = async (stream) => {
  let all = '';
  for await (const part of stream.setEncoding('utf8')) all += part;
  return all;
};

const runInPipe = async (argv, sink, env) => {
  rmSync(USAGE, {force: true});
  const shell = spawn('sh', ['-c', inPipe(sink), 'sh', ...argv], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment(env),
  });
  const startedAt = performance.now();
  const [said, complained] = await Promise.all([
    text(shell.stdout),
    text(shell.stderr),
    once(shell, 'exit'),
  ]);
  return {said, complained, seconds: (performance.now() - startedAt) / 1000};
};

const usage = (argv, complained) => {
  try {
    const {code, ...used} = JSON.parse(readFileSync(USAGE, 'utf8'));
    if (code === 0) return used;
  } catch {
    // It did not get so far as to write it.
  }
  throw new Error(
    `${argv.join(' ')} failed: ${complained.trim().split('\n').slice(-5).join('\n')}`,
  );
};

/** What a program took: seconds, seconds of the processor's time, and the peak of its memory. */
export const measure = async (argv) => {
  const {complained, seconds} = await runInPipe(argv, SINKS.drop);
  return {seconds, ...usage(argv, complained)};
};

/** How many records a program emits, and how many bytes it writes, which are kept where a file is named. */
export const count = async (argv, {keep} = {}) => {
  const sink = keep === undefined ? SINKS.count : `tee "$KEEP" | ${SINKS.count}`;
  const {said, complained} = await runInPipe(argv, sink, {KEEP: keep});
  usage(argv, complained);
  const [records, bytes] = said.split(' ').map(Number);
  return {records, bytes};
};

/** How long the bytes of a file take through a pipe at best. */
export const measureFloor = async (path) => {
  const {seconds} = await runInPipe(['cat', path], SINKS.drop);
  return {seconds};
};
