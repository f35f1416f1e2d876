// The examples of README.md and docs/*.md compile and run: their blocks of TypeScript, and the tables of
// docs/pagination.md and docs/decoding.md. The examples of docs/decoding.md and docs/limits.md must do what the page says.
import {globSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {afterEach, describe, expect, test} from '@jest/globals';
import {type HttpClient, type HttpOptions, openHttpClient} from '../../cdk/http/client.ts';
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
  expect([paginators.length, decoders.length]).toEqual([13, 7]);
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
    1,
    'Tests:       4 passed, 4 total',
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
      members: [],
    });
  });
});
