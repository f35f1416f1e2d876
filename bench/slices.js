// Reads many slices: `node bench/slices.js`. A thousand at 100 ms of latency, ten at a time, should take little more than
// 10 s; a hundred thousand should take little memory, and leave a state of less than a megabyte.
import {createServer} from 'node:http';
import {page, stream} from '../cdk/author/stream.ts';
import {openHttpClient} from '../cdk/http/client.ts';
import {parseCatalog} from '../cdk/protocol/catalog.ts';
import {parseState} from '../cdk/protocol/state.ts';
import {planRead} from '../cdk/read/plan.ts';
import {readPlan} from '../cdk/read/read.ts';

const LATENCY = 100;
const MOST_TIME = 1.15;
const MOST_MEMORY = 200;
const MOST_STATE = 1_000_000;

const catalog = {
  streams: [
    {
      stream: {name: 'items', json_schema: {}, supported_sync_modes: ['incremental']},
      sync_mode: 'incremental',
      destination_sync_mode: 'append',
    },
  ],
};

const megabytes = (bytes) => Math.round(bytes / 1e6);

/** Reads a stream to its end. Returns the number of records, and the last state. */
const read = async (items, concurrency, options = {}) => {
  const startedAt = Date.now();
  const context = {startedAt, isRetry: false};
  const plan = planRead(parseCatalog(catalog), [items], parseState(undefined), context);
  const {signal} = new AbortController();
  const http = openHttpClient(options, {signal, log: () => {}});
  let records = 0;
  let state;
  const run = {signal, now: Date.now, startedAt, concurrency, http, config: {}};
  for await (const emission of readPlan(plan, run)) {
    if (emission.type === 'PAGE') records += emission.records.length;
    if (emission.type === 'STATE') state = emission.state.stream.stream_state;
  }
  await http.close();
  return {records, state, ms: Date.now() - startedAt};
};

const slicesOf = (count) => () => Array.from({length: count}, (_, slice) => ({slice}));

const cursor = {field: 'updated_at', start: '2020-01-01T00:00:00Z'};

/** An API that takes a tenth of a second for each response. */
const serve = async () => {
  const server = createServer((_request, response) => {
    setTimeout(() => {
      response.writeHead(200, {'content-type': 'application/json'});
      response.end('[{"id": 1, "updated_at": "2025-01-01T00:00:00Z"}]');
    }, LATENCY);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
};

const measureTime = async (count, concurrency) => {
  const server = await serve();
  const items = stream({
    name: 'items',
    schema: {},
    cursor,
    slices: slicesOf(count),
    read: ({http, slice}) => http.paginate(`/items/${slice.slice}`),
  });
  const {records, ms} = await read(items, concurrency, {
    baseUrl: `http://127.0.0.1:${server.address().port}`,
    maxConcurrentRequests: concurrency,
  });
  server.close();
  const ideal = (count / concurrency) * LATENCY;
  console.log(
    `${count} slices at ${LATENCY} ms, ${concurrency} at a time: ${ms} ms, ${(ms / ideal).toFixed(2)} times the ideal ${ideal} ms; ${records} records.`,
  );
  process.send?.({ms, ideal});
  return records === count && ms <= MOST_TIME * ideal;
};

const measureMemory = async (count) => {
  const items = stream({
    name: 'items',
    schema: {},
    cursor,
    slices: slicesOf(count),
    async *read({slice: {slice}}) {
      yield page([{id: slice, updated_at: '2025-01-01T00:00:00Z'}]);
    },
  });
  const {records, state, ms} = await read(items, 10);
  const bytes = JSON.stringify(state).length;
  const peak = megabytes(process.resourceUsage().maxRSS * 1024);
  console.log(
    `${count} slices: ${ms} ms, a peak of ${peak} MB, a state of ${bytes} bytes; ${records} records.`,
  );
  return records === count && peak < MOST_MEMORY && bytes < MOST_STATE;
};

const results = [await measureMemory(100_000), await measureTime(1_000, 10)];
if (results.includes(false)) {
  console.error(
    `A limit was exceeded: ${MOST_TIME} times the ideal, ${MOST_MEMORY} MB, ${MOST_STATE} bytes of state, and no record may be lost.`,
  );
  process.exitCode = 1;
}
