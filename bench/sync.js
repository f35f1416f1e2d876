// Lands records of 1 KB with `headwater sync`, from a source that only copies a file, and prints the CPU time and memory of the
// sync itself. Fails if a row differs from its record.
//   npm run bench:sync [-- <count>]
import {spawnSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {
  createReadStream,
  createWriteStream,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {finished} from 'node:stream/promises';

const count = Number(process.argv[2] ?? 300_000);
const folder = mkdtempSync(join(tmpdir(), 'headwater-bench-'));
const root = join(import.meta.dirname, '..');
const message = (value) => JSON.stringify(value).replaceAll("'", '');

const recordAt = (id) => ({
  id,
  email: `user${id}@example.com`,
  name: {first: 'Zoë', last: `Müller ${id}`},
  balance: id * 1.25,
  tags: ['one', 'two', 'three'],
  addresses: Array.from({length: 4}, (_, index) => ({
    street: `Road ${index}`,
    number: id + index,
    city: 'Zürich',
    isMain: index === 0,
    since: '2026-01-01T00:00:00Z',
  })),
  note: 'The quick brown fox jumps over the lazy dog. '.repeat(8),
  updated_at: '2026-11-22T05:13:52.123Z',
});

const records = join(folder, 'records.jsonl');
const expected = createHash('sha256');
const file = createWriteStream(records);
for (let id = 1; id <= count; id += 1) {
  const data = JSON.stringify(recordAt(id));
  expected.update(data.slice(0, -1));
  const line = `{"type":"RECORD","record":{"stream":"users","data":${data},"emitted_at":1790000000000}}\n`;
  if (!file.write(line)) await new Promise((resolve) => file.once('drain', resolve));
}
await finished(file.end());

const stream = {
  name: 'users',
  json_schema: {type: 'object'},
  supported_sync_modes: ['full_refresh'],
};
const complete = {stream_descriptor: {name: 'users'}, status: 'COMPLETE'};
const source = join(folder, 'users');
writeFileSync(
  source,
  `#!/bin/sh
case $1 in
  spec) echo '${message({type: 'SPEC', spec: {connectionSpecification: {type: 'object', properties: {}}}})}' ;;
  discover) echo '${message({type: 'CATALOG', catalog: {streams: [stream]}})}' ;;
  read)
    cat ${records}
    echo '${message({type: 'TRACE', trace: {type: 'STREAM_STATUS', emitted_at: 1, stream_status: complete}})}' ;;
esac
`,
  {mode: 0o755},
);

const usageFile = join(folder, 'usage.json');
const out = join(folder, 'out');
const startedAt = performance.now();
const {status} = spawnSync(
  process.execPath,
  [
    ...['--require', join(import.meta.dirname, 'peers/programs/usage.cjs')],
    ...[join(root, 'headwater/main.ts'), 'sync', source, '--to', `jsonl:${out}`],
  ],
  {env: {...process.env, BENCH_USAGE: usageFile}, stdio: ['ignore', 'ignore', 'inherit']},
);
const seconds = (performance.now() - startedAt) / 1000;
const {cpuSeconds, peakMb} = JSON.parse(readFileSync(usageFile, 'utf8'));

const landed = createHash('sha256');
let rows = 0;
for (const name of readdirSync(out).filter((entry) => entry.endsWith('.jsonl'))) {
  for await (const line of createInterface({input: createReadStream(join(out, name))})) {
    landed.update(line.slice(0, line.lastIndexOf(',"__source":')));
    rows += 1;
  }
}
rmSync(folder, {recursive: true});

const areEqual = rows === count && landed.digest('hex') === expected.digest('hex');
console.log(
  `${rows} rows in ${seconds.toFixed(1)} s: ${Math.round(rows / cpuSeconds)} rows per CPU-second of the sync, peak ${peakMb.toFixed(0)} MB; each row ${areEqual ? 'equals' : 'DIFFERS FROM'} its record, exit ${status}`,
);
if (!areEqual || status !== 0) process.exitCode = 1;
