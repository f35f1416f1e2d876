// Reads users of the faker source through a pipe with a slow reader, and prints time and memory. Fails if a line is lost or
// the program's peak memory is over the limit in the README.
//   npm run bench:slow-reader [-- <count>]
import {spawn} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';

const LIMIT_MB = 150;
const NEWLINE = 10;

const count = Number(process.argv[2] ?? 1_000_000);
const folder = mkdtempSync(join(tmpdir(), 'headwater-bench-'));
const file = (name, content) => {
  writeFileSync(join(folder, name), JSON.stringify(content));
  return join(folder, name);
};

const program = spawn(
  join(import.meta.dirname, '../sources/faker/main.ts'),
  [
    'read',
    '--config',
    file('config.json', {count}),
    '--catalog',
    file('catalog.json', {
      streams: [
        {stream: {name: 'users'}, sync_mode: 'full_refresh', destination_sync_mode: 'overwrite'},
      ],
    }),
  ],
  {stdio: ['ignore', 'pipe', 'inherit']},
);
const ended = new Promise((resolve) => {
  program.on('exit', (code, signal) => resolve(signal ?? code));
});

/** The kernel's high-water mark of the process, in kilobytes; 0 after the process has exited. */
const peakOf = (pid) => {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
};

const startedAt = performance.now();
let lines = 0;
let bytes = 0;
let peak = 0;
let parts = 0;
for await (const part of program.stdout) {
  bytes += part.length;
  for (const byte of part) if (byte === NEWLINE) lines += 1;
  parts += 1;
  if (parts % 16 === 0) {
    peak = Math.max(peak, peakOf(program.pid));
    await sleep(1);
  }
}
const status = await ended;
const seconds = (performance.now() - startedAt) / 1000;
rmSync(folder, {recursive: true});

// There are more lines than records: STARTED, RUNNING, a state per 1000 users, the last state, COMPLETE and a log line.
const complete = lines >= count;
const peakMb = peak / 1024;
console.log(
  `${lines} lines, ${(bytes / 1e6).toFixed(0)} MB in ${seconds.toFixed(1)} s (${Math.round(lines / seconds)} lines/s), peak RSS ${peakMb.toFixed(0)} MB (limit ${LIMIT_MB}), exit ${status}`,
);
if (!complete || status !== 0 || peakMb > LIMIT_MB || peakMb === 0) process.exitCode = 1;
