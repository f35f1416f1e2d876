// The examples of docs/*.md compile and run: their blocks of TypeScript, and what the tables of docs/pagination.md and
// docs/decoding.md show. Those of docs/decoding.md and docs/limits.md are held to what the page says.
import {execFile} from 'node:child_process';
import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {afterEach, describe, expect, test} from '@jest/globals';
import {type HttpClient, openHttpClient} from '../../cdk/http/client.ts';
import {serve} from '../http/loopback.ts';

const ROOT = join(import.meta.dirname, '../..');
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');

const made: string[] = [];
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, {recursive: true});
});

/** Examples as files, in a folder below this one, where `#cdk` can be imported. */
const write = (examples: readonly string[]) => {
  // The dot keeps the folder out of the checks of the whole repository, should one run at the same time.
  const folder = mkdtempSync(join(import.meta.dirname, '.docs-'));
  made.push(folder);
  const names = examples.map((_example, index) => `example-${index + 1}.ts`);
  for (const [index, example] of examples.entries()) {
    writeFileSync(join(folder, `example-${index + 1}.ts`), example);
  }
  return {folder, names};
};

/** What tsc says about these examples. */
const compile = (examples: readonly string[]): Promise<string> => {
  const {folder, names} = write(examples);
  const config = {extends: '../../tsconfig.json', files: names, include: [], exclude: []};
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  return new Promise((resolve) => {
    execFile(process.execPath, [TSC, '-p', folder, '--pretty', 'false'], (_error, stdout) =>
      resolve(stdout),
    );
  });
};

/** What the blocks of a page and the first column of its first table show. */
const examplesOf = (path: string) => {
  const text = readFileSync(join(ROOT, path), 'utf8');
  return {
    blocks: [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code),
    rows: [...text.matchAll(/^\| `(.+?)` +\|/gm)].map(([, code = '']) => code).slice(1),
  };
};

type Example = (
  http: HttpClient,
  since: string,
) => AsyncIterable<{readonly records: readonly object[]}>;

const page = readFileSync(join(ROOT, 'docs/pagination.md'), 'utf8');
const {blocks, rows} = examplesOf('docs/pagination.md');

/** The table as a program: each of its paginators is given to a client. */
const table = (): string => {
  const names = new Set(rows.flatMap((code) => /^\w+(?=\()/.exec(code) ?? []));
  const lists = rows.map((code) => `  http.paginate('/items', {next: ${code}}),`);
  return [
    `import {type HttpClient, ${[...names].join(', ')}} from '#cdk';`,
    'export const lists = (http: HttpClient) => [',
    ...lists,
    '];',
  ].join('\n');
};

test('the examples of docs/pagination.md compile', async () => {
  expect({blocks: blocks.length, rows: rows.length}).toEqual({blocks: 2, rows: 13});
  expect(await compile([...blocks, table()])).toBe('');
});

test('docs/pagination.md has an example of every paginator', () => {
  const door = readFileSync(join(ROOT, 'cdk/index.ts'), 'utf8');
  const exported = [...door.matchAll(/^export \{(\w+)\} from '.\/http\/paginate\//gm)];
  expect(exported.map(([, name]) => name).filter((name) => !page.includes(`| \`${name}(`))).toEqual(
    [],
  );
});

const pages = readdirSync(join(ROOT, 'docs'))
  .map((name) => `docs/${name}`)
  .filter((path) => examplesOf(path).blocks.length > 0);

test.each(pages)('the examples of %s compile and run', async (path) => {
  const {blocks: examples} = examplesOf(path);
  expect(await compile(examples)).toBe('');
  const {folder, names} = write(examples);
  // A module runs when it is loaded: what it makes must be valid, not only of the right type.
  for (const name of names) expect(Object.keys(await import(join(folder, name)))).not.toEqual([]);
});

test('the examples of docs/limits.md do what it says', async () => {
  const {folder, names} = write(examplesOf('docs/limits.md').blocks);
  const modules: Record<string, unknown>[] = [];
  for (const name of names) modules.push(await import(join(folder, name)));
  const {options, orderExport} = Object.assign({}, ...modules);
  const keys: unknown[] = [];
  const origin = await serve(({url, headers}, response) => {
    keys.push(headers['idempotency-key']);
    response.statusCode = url === '/exports' ? (keys.length === 2 ? 503 : 202) : 404;
    response.end('{"id": "7"}');
  });
  const {close, ...http} = openHttpClient(
    {...options, baseUrl: origin, retry: {base: 0}},
    {signal: new AbortController().signal, log: () => {}},
  );
  expect([await http.get('/gone'), await orderExport(http)]).toEqual([null, {id: '7'}]);
  expect([keys.length, keys[1] === keys[2], keys[1]]).toEqual([3, true, expect.any(String)]);
  await close();
});

test('docs/authoring.md has every field of a stream, of a cursor, and of what read is given', () => {
  const source = readFileSync(join(ROOT, 'cdk/author/source.ts'), 'utf8');
  const shown = readFileSync(join(ROOT, 'docs/authoring.md'), 'utf8');
  const fieldsOf = (type: string): readonly string[] => {
    const [, body = ''] =
      new RegExp(`type ${type}<.*? = \\{\n([\\s\\S]*?)^\\};`, 'm').exec(source) ?? [];
    return [...body.matchAll(/^ {2}readonly (\w+)/gm)].map(([, name = '']) => name);
  };
  const rows = [...shown.matchAll(/^\| (`.+?) +\|/gm)].map(([, code = '']) => code).join();
  const has = (name: string) => new RegExp(`\`${name}[\`(]`).test(rows);
  const fields = [
    ...fieldsOf('StreamDefinition'),
    ...fieldsOf('Cursor').map((name) => `cursor.${name}`),
    ...fieldsOf('ReadContext'),
  ];
  expect(fields).toEqual(
    expect.arrayContaining(['checkpointInterval', 'cursor.clientSide', 'signal']),
  );
  expect(fields.filter((name) => !has(name))).toEqual([]);
});

describe('the examples of docs/decoding.md', () => {
  const {blocks: examples, rows: decoders} = examplesOf('docs/decoding.md');

  test('compile, those of its table included', async () => {
    expect([examples.length, decoders.length]).toEqual([2, 7]);
    const shown = [
      "import {csv, type Decoder, json, jsonLines, xml} from '#cdk';",
      `export const decoders: readonly Decoder[] = [${decoders.join(', ')}];`,
    ].join('\n');
    expect(await compile([...examples, shown])).toBe('');
  });

  test('read what their comments say', async () => {
    const bodies: Readonly<Record<string, string | Buffer>> = {
      '/orders.csv?limit=1000&offset=0': 'id,total\n1,9.50\n',
      '/orders.csv?offset=0&limit=1000': 'id,total\n1,9.50\n',
      '/feed.xml': '<feed><entry><id>1</id></entry><entry><id>2</id></entry></feed>',
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
    const {folder, names} = write(examples);
    const read: Record<string, unknown> = {};
    for (const name of names) {
      const examplesIn: Record<string, Example> = await import(join(folder, name));
      for (const [title, example] of Object.entries(examplesIn)) {
        const records: object[] = [];
        for await (const page of example(http, '2026')) records.push(...page.records);
        read[title] = records;
      }
    }
    await close();
    expect(read).toEqual({
      orders: [{id: '1', total: '9.50'}],
      entries: [{id: '1'}, {id: '2'}],
      products: [{id: 1, sku: 'a'}],
      changes: [{id: 1, sku: 'b'}],
    });
  });
});
