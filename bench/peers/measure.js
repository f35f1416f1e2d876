// Runs a program with its stdout in a pipe, and measures the program alone, without the reader of the pipe.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

/** Every program reports its own usage into this file. */
const folder = mkdtempSync(join(tmpdir(), 'headwater-bench-'));
const USAGE = join(folder, 'usage.json');
process.on('exit', () => rmSync(folder, {recursive: true}));

/** Uses a pipe of the kernel, as platforms do, because Node's pipes are sockets. */
const inPipe = (sink) => `"$@" | ${sink}`;

const SINKS = {
  drop: 'cat >/dev/null',
  count: `LC_ALL=C awk '/"type":"RECORD"/{n++} {b+=length($0)+1} END{printf "%d %d\\n",n,b}'`,
};

const environment = (more) => {
  // Without the variables that scripts/node.sh sets, which would change the comparison.
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
  const [stdout, stderr] = await Promise.all([
    text(shell.stdout),
    text(shell.stderr),
    once(shell, 'exit'),
  ]);
  return {stdout, stderr, seconds: (performance.now() - startedAt) / 1000};
};

const usage = (argv, stderr) => {
  try {
    const {code, ...used} = JSON.parse(readFileSync(USAGE, 'utf8'));
    if (code === 0) return used;
  } catch {
    // The program failed before it wrote the file.
  }
  throw new Error(`${argv.join(' ')} failed: ${stderr.trim().split('\n').slice(-5).join('\n')}`);
};

/** Returns the seconds, the seconds of CPU time and the peak memory of a program. */
export const measure = async (argv) => {
  const {stderr, seconds} = await runInPipe(argv, SINKS.drop);
  return {seconds, ...usage(argv, stderr)};
};

/** Counts the records and bytes that a program writes, and keeps its output in the file `keep`. */
export const count = async (argv, {keep} = {}) => {
  const sink = keep === undefined ? SINKS.count : `tee "$KEEP" | ${SINKS.count}`;
  const {stdout, stderr} = await runInPipe(argv, sink, {KEEP: keep});
  usage(argv, stderr);
  const [records, bytes] = stdout.split(' ').map(Number);
  return {records, bytes};
};

/** Measures `cat` of a file, the fastest way through a pipe. */
export const measureFloor = async (path) => {
  const {seconds} = await runInPipe(['cat', path], SINKS.drop);
  return {seconds};
};
