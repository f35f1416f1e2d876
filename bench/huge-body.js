// Downloads one JSON body with a single list of records from a server in another process, and prints time and memory. Fails
// if a record is lost or the peak memory is over the limit.
// Runs with the smallest young generation, so that the peak is the memory of the download, not garbage.
//   npm run bench:huge [-- <megabytes>]
import {fork} from 'node:child_process';
import {once} from 'node:events';
import {createServer} from 'node:http';
import {openHttpClient} from '../cdk/http/client.ts';

const LIMIT_MB = 150;
const BLOCK_RECORDS = 4_000;

/** Some records, joined by commas. The body repeats them. */
const block = Buffer.from(
  Array.from({length: BLOCK_RECORDS}, (_none, id) =>
    JSON.stringify({
      id,
      name: `Item number ${id}, "quoted"`,
      email: `user${id}@example.com`,
      tags: ['new', 'sale', 'größer'],
      price: {amount: id / 7, currency: 'EUR', discount: null, taxed: true},
      updated_at: new Date(1_767_225_600_000 + id * 1000).toISOString(),
      text: 'A few words that stand for a description. '.repeat(3),
    }),
  ).join(','),
);

const serve = async (blocks) => {
  const server = createServer(async (_request, response) => {
    response.writeHead(200, {'content-type': 'application/json'}).write('[');
    for (let sent = 0; sent < blocks; sent += 1) {
      if (sent > 0) response.write(',');
      if (!response.write(block)) await once(response, 'drain');
    }
    response.end(']');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.send(server.address().port);
};

const read = async (blocks) => {
  const server = fork(import.meta.filename, ['serve', String(blocks)]);
  const [port] = await once(server, 'message');
  const http = openHttpClient(
    {baseUrl: `http://127.0.0.1:${port}`},
    {signal: new AbortController().signal, log: () => {}},
  );
  const startedAt = performance.now();
  let firstAt;
  let records = 0;
  let ids = 0;
  for await (const batch of http.download('/')) {
    firstAt ??= performance.now();
    records += batch.records.length;
    for (const {id} of batch.records) ids += id;
  }
  const endedAt = performance.now();
  await http.close();
  server.kill();

  const megabytes = (blocks * block.length) / 1e6;
  const rate = (from, to) => `${Math.round(megabytes / ((to - from) / 1000))} MB/s`;
  const peakMb = process.resourceUsage().maxRSS / 1024;
  console.log(
    `${records} records, ${megabytes.toFixed(0)} MB in ${((endedAt - startedAt) / 1000).toFixed(1)} s (${rate(startedAt, endedAt)}; to disk ${rate(startedAt, firstAt)}, from disk ${rate(firstAt, endedAt)}), peak RSS ${peakMb.toFixed(0)} MB (limit ${LIMIT_MB})`,
  );
  process.send?.({megabytes, seconds: (endedAt - startedAt) / 1000, peakMb});
  const isComplete =
    records === blocks * BLOCK_RECORDS &&
    ids === (blocks * BLOCK_RECORDS * (BLOCK_RECORDS - 1)) / 2;
  if (!isComplete || peakMb > LIMIT_MB) process.exitCode = 1;
};

/** Runs a part of this file in another process until it exits. */
const run = async (part, megabytes) => {
  const [status] = await once(fork(import.meta.filename, [part, String(megabytes)]), 'exit');
  return status ?? 1;
};

const [part, size] = process.argv.slice(2);
if (part === 'serve') await serve(Number(size));
else if (part === 'read') await read(Math.ceil((Number(size) * 1e6) / block.length));
else {
  // The first run fills Node's compile cache, because stripping types takes 35 MB, which a bundle does not need.
  process.exitCode = (await run('read', 1)) || (await run('read', Number(part ?? 2_000)));
}
