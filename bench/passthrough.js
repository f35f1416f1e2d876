// Reads pages of 1 KB records over HTTP from a server in another process, as bytes and parsed, and prints time and memory.
// Fails if a record is lost.
//   npm run bench:passthrough [-- <pages>]
import {fork, spawn} from 'node:child_process';
import {once} from 'node:events';
import {createServer} from 'node:http';
import {stream} from '../cdk/author/stream.ts';
import {openHttpClient} from '../cdk/http/client.ts';
import {linkHeader} from '../cdk/http/paginate/link-header.ts';
import {takeStdout} from '../cdk/program/stdout.ts';
import {parseCatalog} from '../cdk/protocol/catalog.ts';
import {parseState} from '../cdk/protocol/state.ts';
import {planRead} from '../cdk/read/plan.ts';
import {readPlan} from '../cdk/read/read.ts';

const PAGE = 100;
const WAYS = ['bytes', 'parsed', 'bytes with a cursor', 'parsed with a cursor'];

const record = (id) => ({
  id,
  name: `Item number ${id}, "quoted"`,
  email: `user${id}@example.com`,
  tags: ['new', 'sale', 'größer'],
  price: {amount: id / 7, currency: 'EUR', discount: null, taxed: true},
  owner: {id: id * 3, login: `owner-${id}`, roles: [{name: 'admin'}, {name: 'writer'}]},
  updated_at: new Date(1_767_225_600_000 + id * 1000).toISOString(),
  text: 'A few words that stand for a description. '.repeat(15),
});

const serve = async (pages) => {
  const bodies = Array.from({length: 64}, (_none, page) =>
    Buffer.from(
      JSON.stringify({data: Array.from({length: PAGE}, (_no, at) => record(page * PAGE + at))}),
    ),
  );
  const server = createServer((request, response) => {
    const page = Number(new URL(request.url, 'http://x').searchParams.get('page') ?? 0);
    const next = page + 1 < pages ? {link: `</?page=${page + 1}>; rel="next"`} : {};
    const body = bodies[page % bodies.length];
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': body.length,
      ...next,
    });
    response.end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.send(server.address().port);
};

const field = {type: ['null', 'string', 'number', 'object', 'array']};
const schema = {
  type: 'object',
  properties: Object.fromEntries(Object.keys(record(0)).map((name) => [name, field])),
};

const read = async (port, way) => {
  const output = takeStdout({
    redact: (text) => text,
    debug: false,
    onBroken: () => process.exit(1),
  });
  const signal = new AbortController().signal;
  const http = openHttpClient({baseUrl: `http://127.0.0.1:${port}`}, {signal, log: () => {}});
  const items = stream({
    name: 'items',
    schema,
    ...(way.includes('cursor') && {cursor: {field: 'updated_at'}}),
    ...(way.startsWith('parsed') && {map: (one) => one}),
    read: ({http}) => http.paginate('/', {records: 'data', next: linkHeader()}),
  });
  const catalog = parseCatalog({
    streams: [
      {
        stream: {name: 'items', json_schema: {}, supported_sync_modes: ['full_refresh']},
        sync_mode: way.includes('cursor') ? 'incremental' : 'full_refresh',
        destination_sync_mode: 'append',
      },
    ],
  });
  const startedAt = Date.now();
  const plan = planRead(catalog, [items], parseState(undefined), {startedAt, isRetry: false});
  const run = {signal, now: Date.now, startedAt, concurrency: 1, http, config: {}};
  for await (const emission of readPlan(plan, run)) await output.write(emission);
  await output.flush();
  await http.close();
  const {user, system} = process.cpuUsage();
  process.send({cpu: (user + system) / 1e6, rss: process.resourceUsage().maxRSS / 1024});
};

const measure = async (port, way, pages) => {
  const startedAt = performance.now();
  const reader = spawn(
    process.execPath,
    [...process.execArgv, import.meta.filename, 'read', String(port), way],
    {stdio: ['ignore', 'pipe', 'inherit', 'ipc']},
  );
  const usage = once(reader, 'message');
  let lines = 0;
  for await (const part of reader.stdout) {
    for (let at = part.indexOf(10); at >= 0; at = part.indexOf(10, at + 1)) lines += 1;
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const [{cpu, rss}] = await usage;
  const count = pages * PAGE;
  console.log(
    `${way}: ${lines} lines in ${seconds.toFixed(2)} s (${Math.round(count / seconds)} records/s), CPU ${cpu.toFixed(2)} s (${Math.round(count / cpu)} records per CPU-second), peak RSS ${rss.toFixed(0)} MB`,
  );
  if (lines < count) process.exitCode = 1;
};

const [part, ...rest] = process.argv.slice(2);
if (part === 'serve') await serve(Number(rest[0]));
else if (part === 'read') await read(Number(rest[0]), rest[1]);
else {
  const pages = Number(part ?? 1_000);
  const server = fork(import.meta.filename, ['serve', String(pages)]);
  const [port] = await once(server, 'message');
  for (const way of [...WAYS, ...WAYS]) await measure(port, way, pages);
  server.kill();
}
