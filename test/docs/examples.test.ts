// The examples of README.md and docs/*.md compile and run: their blocks of TypeScript, and the tables of
// docs/pagination.md and docs/decoding.md. The examples of docs/decoding.md, docs/limits.md and docs/tokens.md must do what the page
// says.
import {createHash, createHmac} from 'node:crypto';
import {globSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {text} from 'node:stream/consumers';
import {gzipSync} from 'node:zlib';
import {afterEach, describe, expect, test} from '@jest/globals';
import type {Stream} from '../../cdk/author/stream-types.ts';
import type {Auth} from '../../cdk/http/auth/auth.ts';
import {type HttpClient, type HttpOptions, openHttpClient} from '../../cdk/http/client.ts';
import type {JsonObject} from '../../cdk/json/values.ts';
import {lastStates, recordsOf, warningsOf} from '../../cdk/testing/messages.ts';
import {runRead} from '../../cdk/testing/run-read.ts';
import {virtualClock} from '../../cdk/testing/virtual-clock.ts';
import {runProgram} from '../e2e/run-program.ts';
import {serve} from '../http/loopback.ts';
import {type Example, examplesOf, ROOT, rowsOf, textOf, writeExamples} from './examples.ts';

const written: ReturnType<typeof writeExamples>[] = [];
afterEach(() => {
  for (const folder of written.splice(0)) folder.remove();
});

const write = (examples: readonly Example[]) => {
  const folder = writeExamples(examples);
  written.push(folder);
  return folder;
};

/** The exports of a page's examples, by name. */
const valuesOf = async <T>(path: string): Promise<T> => {
  const examples = examplesOf(path);
  const {load} = write(examples);
  const modules: Record<string, unknown>[] = [];
  for (const {name} of examples) modules.push(await load(name));
  return Object.assign({}, ...modules);
};

const pages = readdirSync(join(ROOT, 'docs'))
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/${name}`);

const paginators = rowsOf('docs/pagination.md');
const decoders = rowsOf('docs/decoding.md');

/** The tables as programs: each paginator is passed to a client, each decoder is a value of a list. */
const tables: readonly Example[] = [
  {
    name: 'paginators.ts',
    code: [
      `import {type HttpClient, ${[...new Set(paginators.flatMap((code) => /^\w+(?=\()/.exec(code) ?? []))].join(', ')}} from 'headwater';`,
      'export const lists = (http: HttpClient) => [',
      ...paginators.map((code) => `  http.paginate('/items', {next: ${code}}),`),
      '];',
    ].join('\n'),
  },
  {
    name: 'decoders.ts',
    code: [
      "import {csv, type Decoder, json, jsonLines, xml} from 'headwater';",
      `export const decoders: readonly Decoder[] = [${decoders.join(', ')}];`,
    ].join('\n'),
  },
];

test('the examples of the README and of all pages compile, those of tables included', async () => {
  expect([paginators.length, decoders.length]).toEqual([15, 7]);
  const examples = ['README.md', ...pages].flatMap(examplesOf);
  expect(examples.length).toBeGreaterThan(50);
  expect(await write([...examples, ...tables]).compile()).toBe('');
}, 120_000);

const isTest = ({name}: Example): boolean => name.endsWith('.test.ts');
const modulesOf = (path: string) => examplesOf(path).filter((example) => !isTest(example));

// A module runs when it is loaded: its values must be valid, not only of the right type.
test.each(['README.md', ...pages].filter((path) => modulesOf(path).length > 0))(
  'the examples of %s run',
  async (path) => {
    const examples = modulesOf(path);
    const {load} = write(examples);
    for (const {name} of examples) {
      expect([name, Object.keys(await load(name))]).not.toEqual([name, []]);
    }
  },
);

test('the tests that docs/testing.md shows pass', async () => {
  const tests = examplesOf('docs/testing.md').filter(isTest);
  const {folder} = write([...tests, ...examplesOf('docs/authoring.md').slice(0, 1)]);
  const paths = tests.map(({name}) => join(folder, name));
  const args = ['test', '--', '--runTestsByPath', ...paths];
  const {status, stderr} = await runProgram('npm', args, {HEADWATER_TESTS: 'quick'});
  expect([status, tests.length, /^Tests: .*$/m.exec(stderr)?.[0]]).toEqual([
    0,
    2,
    'Tests:       5 passed, 5 total',
  ]);
}, 60_000);

test('docs/pagination.md has an example of every paginator', () => {
  const exported = [
    ...textOf('cdk/index.ts').matchAll(/^export \{(\w+)\} from '.\/http\/paginate\//gm),
  ];
  expect(exported.length).toBeGreaterThan(5);
  const page = textOf('docs/pagination.md');
  const isShown = (name = '') => page.includes(`| \`${name}(`);
  expect(exported.map(([, name]) => name).filter((name) => !isShown(name))).toEqual([]);
});

type LimitsExamples = {
  readonly options: HttpOptions;
  readonly orderExport: (http: HttpClient) => Promise<unknown>;
};

test('the examples of docs/limits.md do what the page says', async () => {
  const {options, orderExport} = await valuesOf<LimitsExamples>('docs/limits.md');
  const keys: unknown[] = [];
  const origin = await serve(({url, headers}, response) => {
    keys.push(headers['idempotency-key']);
    response.statusCode = url === '/exports' ? (keys.length === 2 ? 503 : 202) : 404;
    response.end('{"id": "7"}');
  });
  const {close, ...http} = openHttpClient(
    {...options, baseUrl: origin},
    // Random waits are zero.
    {signal: new AbortController().signal, log: () => {}, random: () => 0},
  );
  expect([await http.get('/gone'), await orderExport(http)]).toEqual([null, {id: '7'}]);
  expect([keys.length, keys[1] === keys[2], keys[1]]).toEqual([3, true, expect.any(String)]);
  await close();
});

type Keys = {readonly api_key: string; readonly api_secret: string};

test('the HMAC of docs/auth.md is verified by a server for each attempt, with another time', async () => {
  const {hmac} = await valuesOf<{readonly hmac: (keys: Keys) => Auth}>('docs/auth.md');
  const keys = {api_key: 'key-1', api_secret: 'hush-1'};
  const times: unknown[] = [];
  const origin = await serve(async (request, response) => {
    const {method, url, headers} = request;
    const hash = createHash('sha256')
      .update(await text(request))
      .digest('hex');
    const signed = [headers['x-time'], method, url, hash].join('\n');
    const expected = createHmac('sha256', keys.api_secret).update(signed).digest('hex');
    const isValid = headers['x-signature'] === expected && !times.includes(headers['x-time']);
    times.push(headers['x-time']);
    response.statusCode = isValid ? (times.length === 1 ? 503 : 200) : 403;
    response.end('{"ok": true}');
  });
  const clock = virtualClock(Date.now());
  const {close, ...http} = openHttpClient(
    {baseUrl: origin, auth: hmac(keys)},
    {signal: new AbortController().signal, log: () => {}, clock, random: () => 0.5},
  );
  const response = await http.search('/items?q=a%20b', {json: {name: 'ü'}});
  await close();
  expect([response, times.length]).toEqual([{ok: true}, 2]);
});

/** The fields of a type of the author's door. */
const fieldsOf = (type: string): readonly string[] =>
  globSync('cdk/author/*.ts', {cwd: ROOT}).flatMap((path) => {
    const body = new RegExp(`type ${type}(?:<.*?>)? = [^{;]*\\{\n([\\s\\S]*?)^\\};`, 'm').exec(
      textOf(path),
    );
    return [...(body?.[1] ?? '').matchAll(/^ {2}readonly (\w+)/gm)].map(([, name = '']) => name);
  });

test('docs/authoring.md has every field of a source, a stream, a cursor and the context of read', () => {
  const page = textOf('docs/authoring.md');
  const headings = [...page.matchAll(/^### (.+)$/gm)].map(([, heading = '']) => heading).join();
  const rows = [...page.matchAll(/^\| (`\w+`) +\|/gm)].map(([, code = '']) => code).join();
  const fields = [
    ...fieldsOf('Source'),
    ...fieldsOf('StreamDescription'),
    ...fieldsOf('Mapped'),
    ...fieldsOf('Cursor').map((name) => `cursor.${name}`),
  ];
  const given = [...fieldsOf('StreamContext'), ...fieldsOf('ReadContext')];
  expect([...fields, ...given]).toEqual(
    expect.arrayContaining([
      ...['connect', 'checkpointInterval', 'read', 'map', 'cursor.clientSide'],
      ...['http', 'since', 'signal'],
    ]),
  );
  const missing = (names: readonly string[], shown: string) =>
    names.filter((name) => !shown.includes(`\`${name}\``));
  expect([missing(fields, headings), missing(given, rows)]).toEqual([[], []]);
});

test('docs/tokens.md has every field of a cursor with tokens', () => {
  const page = textOf('docs/tokens.md');
  const fields = fieldsOf('TokenCursor');
  expect(fields).toEqual(expect.arrayContaining(['token', 'identity']));
  expect(fields.filter((name) => !page.includes(`\`${name}`))).toEqual([]);
});

type Tokens = {
  readonly documents: (schema: JsonObject, database: string) => Stream;
  readonly tasks: (schema: JsonObject) => Stream;
  readonly transactions: (schema: JsonObject) => Stream;
};

/** The responses to each request of the two syncs, by its path and, after a space, its body. */
const TOKEN_RESPONSES: Readonly<Record<string, object>> = {
  '/shop': {instance_start_time: '1693996800'},
  '/shop/_changes?include_docs=true&limit=1000': {
    results: [{doc: {_id: 'a'}}, {doc: {_id: 'b'}}],
    last_seq: '2-x',
    pending: 0,
  },
  '/shop/_changes?include_docs=true&limit=1000&since=2-x': {
    results: [{doc: {_id: 'b', _deleted: true}}],
    last_seq: '3-x',
    pending: 0,
  },
  '/sync?sync_token=*&resource_types=["items"]': {
    full_sync: true,
    items: [{id: 'a'}],
    sync_token: 'new',
  },
  '/sync?sync_token=new&resource_types=["items"]': {full_sync: true, items: [], sync_token: 'no'},
  '/transactions/sync {"count":500}': {
    ...{added: [{transaction_id: 'a'}, {transaction_id: 'b'}], modified: [], removed: []},
    ...{next_cursor: '1', has_more: false},
  },
  '/transactions/sync {"count":500,"cursor":"1"}': {
    ...{added: [], modified: [{transaction_id: 'a'}], removed: [{transaction_id: 'b'}]},
    ...{next_cursor: '2', has_more: false},
  },
};

test('the examples of docs/tokens.md read everything, then what changed', async () => {
  const {documents, tasks, transactions} = await valuesOf<Tokens>('docs/tokens.md');
  const origin = await serve(async (request, response) => {
    const body = await text(request);
    const key = `${decodeURIComponent(request.url ?? '')}${body && ` ${body}`}`;
    response.end(JSON.stringify(TOKEN_RESPONSES[key] ?? {unexpected: key}));
  });
  const open = {type: 'object', properties: {_id: {}, id: {}, transaction_id: {}}};
  const schema = {...open, additionalProperties: {}};
  const streams = [documents(schema, 'shop'), tasks(schema), transactions(schema)];
  const sync = async (state?: readonly object[]) => {
    const runtime = {signal: new AbortController().signal, log: () => {}};
    const http = openHttpClient({baseUrl: origin}, runtime);
    const {messages} = await runRead({streams, http, state});
    await http.close();
    return {
      states: lastStates(messages),
      warnings: warningsOf(messages),
      records: streams.map(({name}) =>
        recordsOf(messages, name).map(
          ({_id, id, transaction_id, _deleted_at: deleted}) =>
            `${_id ?? id ?? transaction_id}${deleted ? ' deleted' : ''}`,
        ),
      ),
    };
  };
  const first = await sync();
  expect({...first, states: undefined}).toEqual({
    states: undefined,
    warnings: [],
    records: [['a', 'b'], ['a'], ['a', 'b']],
  });
  const second = await sync(first.states);
  expect(second).toMatchObject({
    warnings: [expect.stringContaining('its token: The API sent a full sync. Known records')],
    records: [['b deleted'], ['a'], ['a', 'b deleted']],
  });
  expect(second.states).toMatchObject([
    {stream: {stream_state: {token: '3-x', of: '1693996800'}}},
    {stream: {stream_state: {token: 'new'}}},
    {stream: {stream_state: {token: '2'}}},
  ]);
});

type Reader = (
  http: HttpClient,
  since: string,
) => AsyncIterable<{readonly records: readonly object[]}>;

describe('the examples of docs/decoding.md', () => {
  test('read what their comments say', async () => {
    const bodies: Readonly<Record<string, string | Buffer>> = {
      '/orders.csv?limit=1000&offset=0': 'id,total\n1,9.50\n',
      '/orders.csv?offset=0&limit=1000': 'id,total\n1,9.50\n',
      '/feed.xml': '<feed><entry><id>1</id></entry><entry><id>2</id></entry></feed>',
      '/rows': '{"rows": {"7": {"id": 7}}}',
      '/orders':
        '{"orders": [{"id": 7, "by": {"name": "Ann"}, "lines": [{"sku": "a"}, {"sku": "b"}]}]}',
      '/rates': '{"rates": {"2026-01-01": {"USD": 1.1, "GBP": 0.8}}}',
      '/team': '{}',
      '/export/products': '{"products": [{"id": 1, "sku": "a"}]}',
      '/export/changes.jsonl.gz?since=2026': gzipSync('{"id": 1, "sku": "b"}\n'),
    };
    const origin = await serve(({url = ''}, response) => {
      response.end(bodies[url] ?? 'id,total\n');
    });
    const {close, ...http} = openHttpClient(
      {baseUrl: origin},
      {signal: new AbortController().signal, log: () => {}},
    );
    const read: Record<string, unknown> = {};
    for (const [title, example] of Object.entries(
      await valuesOf<Readonly<Record<string, Reader>>>('docs/decoding.md'),
    )) {
      const records: object[] = [];
      for await (const page of example(http, '2026')) records.push(...page.records);
      read[title] = records;
    }
    await close();
    expect(read).toEqual({
      orders: [{id: '1', total: '9.50'}],
      entries: [{id: '1'}, {id: '2'}],
      products: [{id: 1, sku: 'a'}],
      changes: [{id: 1, sku: 'b'}],
      rows: [{id: 7}],
      lines: [
        {sku: 'a', order_id: 7, customer: 'Ann'},
        {sku: 'b', order_id: 7, customer: 'Ann'},
      ],
      rates: [
        {day: '2026-01-01', currency: 'USD', rate: 1.1},
        {day: '2026-01-01', currency: 'GBP', rate: 0.8},
      ],
      members: [],
    });
  });
});
