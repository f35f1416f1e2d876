// An API on loopback: GET /items?pages=N&cursor=C returns a page of 100 records of 1 KB. Sends the port to its parent.
import {createServer} from 'node:http';
import {makeRecord} from './records.js';

const RECORDS = 100;
const BYTES = 1_000;
const DISTINCT = 64;

/** The name of each page's first record has the number of the page: no two pages of a list are equal, as in a real API. */
const NUMBER = '00000000';

const pages = Array.from({length: DISTINCT}, (_, page) => {
  const [first, ...others] = Array.from({length: RECORDS}, (_none, n) =>
    makeRecord(page * RECORDS + n, BYTES),
  );
  const json = `"data":${JSON.stringify([{...first, name: NUMBER}, ...others])}}`;
  return {bytes: Buffer.from(json), numberAt: json.indexOf(NUMBER)};
});

const server = createServer((request, response) => {
  const {searchParams} = new URL(request.url, 'http://localhost');
  const cursor = Number(searchParams.get('cursor') ?? 0);
  const next = cursor + 1 < Number(searchParams.get('pages')) ? cursor + 1 : null;
  const head = `{"object":"list","has_more":${next !== null},"next_cursor":${next},`;
  const {bytes, numberAt} = pages[cursor % DISTINCT];
  const body = Buffer.concat([Buffer.from(head), bytes]);
  body.write(String(cursor).padStart(NUMBER.length, '0'), head.length + numberAt, 'latin1');
  response.writeHead(200, {'content-type': 'application/json', 'content-length': body.length});
  response.end(body);
}).listen(0, '127.0.0.1', () => process.send(server.address().port));
process.on('disconnect', () => process.exit());
