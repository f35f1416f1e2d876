// What a client takes that does nothing but fetch pages and write them out: the limit for one that does more.
//   npm run bench:bare
import {fork} from 'node:child_process';
import {once} from 'node:events';
import {join} from 'node:path';
import {measure} from './peers/measure.js';

const PAGES = 1_000;
const ROUNDS = 3;

/** As in the image. */
const FLAGS = ['--max-old-space-size-percentage=75', '--max-semi-space-size=4'];
const USAGE = ['--require', join(import.meta.dirname, 'peers/programs/usage.cjs')];

const server = fork(join(import.meta.dirname, 'peers/programs/server.js'));
const [port] = await once(server, 'message');
for (const name of ['node-http', 'undici-dispatch', 'undici-request']) {
  const program = join(import.meta.dirname, 'bare', `${name}.js`);
  const taken = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const args = [...USAGE, ...FLAGS, program, `http://127.0.0.1:${port}`, `${PAGES}`];
    taken.push(await measure([process.execPath, ...args]));
  }
  const {cpuSeconds, peakMb} = taken.toSorted((one, other) => one.cpuSeconds - other.cpuSeconds)[1];
  console.log(
    `${name}: ${PAGES} pages of 110 KB in ${cpuSeconds.toFixed(2)} s of the CPU, ${Math.round(peakMb)} MB`,
  );
}
server.disconnect();
