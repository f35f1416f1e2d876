// Measures clients that only fetch pages and write them out: the limit for a client that does more.
//   npm run bench:bare
import {fork} from 'node:child_process';
import {once} from 'node:events';
import {join} from 'node:path';
import {measure} from './peers/measure.js';
import {nodeOfImage} from './peers/programs.js';

const PAGES = 1_000;
const ROUNDS = 3;

const server = fork(join(import.meta.dirname, 'peers/programs/server.js'));
const [port] = await once(server, 'message');
for (const name of ['node-http', 'undici-dispatch', 'undici-request']) {
  const program = join(import.meta.dirname, 'bare', `${name}.js`);
  const taken = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    taken.push(await measure(nodeOfImage(program, `http://127.0.0.1:${port}`, `${PAGES}`)));
  }
  const {cpuSeconds, peakMb} = taken.toSorted((one, other) => one.cpuSeconds - other.cpuSeconds)[1];
  console.log(
    `${name}: ${PAGES} pages of 110 KB in ${cpuSeconds.toFixed(2)} s of CPU time, ${Math.round(peakMb)} MB`,
  );
}
server.disconnect();
