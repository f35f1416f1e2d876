// `headwater preview` and `headwater schema`, as users run them.
import {mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {beforeAll, describe, expect, jest, test} from '@jest/globals';
import {USERS} from '../../sync/testing/fake-source.ts';
import {newFolder} from '../../sync/testing/run.ts';
import {type ApiServer, sendJson, serveApi} from '../../test/http/api-server.ts';
import {addSource, linesOf, run} from './testing.ts';

jest.setTimeout(60_000);

const LIST = join(import.meta.dirname, '../../test/programs/list/main.ts');
const repository = newFolder();

const SCHEMA = {
  type: 'object',
  properties: {
    id: {type: 'integer'},
    name: {type: 'string'},
    born: {type: ['null', 'string'], format: 'date'},
    fax: {type: ['null', 'string']},
    _deleted: {type: 'boolean'},
  },
};

beforeAll(() => {
  writeFileSync(join(repository, 'package.json'), '{}');
  addSource(repository, 'crm', {
    streams: [
      {...USERS, json_schema: SCHEMA},
      {...USERS, name: 'fits', json_schema: {type: 'object', properties: {id: {type: 'integer'}}}},
      {...USERS, name: 'undeclared'},
      {...USERS, name: 'none'},
      {...USERS, name: 'broken'},
    ],
    read: `
      const {name} = load(options.catalog).streams[0].stream;
      if (name === 'users') {
        record('users', {id: 1, name: 'Ada', born: '2026-01-01', phone: '+1', _deleted: false});
        record('users', {id: 2, name: null, born: 'long ago', color: '\\u001b[31mred', _deleted: true});
      }
      if (name === 'fits' || name === 'broken') record(name, {id: 1});
      if (name === 'undeclared') record(name, {id: 1, at: '2026-01-01T00:00:00Z', tags: ['a']});
      if (name === 'broken') { fail('The API is down: try again later.'); process.exit(1); }`,
  });
  addSource(repository, 'shop', {});
});

describe('a server of this machine', () => {
  test.each(['preview', 'schema'])(
    'fails at once in %s if the fake API is not running, with the command to start it',
    async (command) => {
      const closed = await serveApi(() => {});
      await closed.close();
      const config = join(repository, 'closed.json');
      writeFileSync(config, JSON.stringify({api_url: closed.url, path: '/items'}));
      const main = join(repository, 'sources/list/main.ts');
      mkdirSync(join(repository, 'sources/list/fake-api'), {recursive: true});
      writeFileSync(main, `#!/bin/sh\nexec '${LIST}' "$@"\n`, {mode: 0o755});
      const fake = join(repository, 'sources/list/fake-api/main.ts');
      rmSync(fake, {force: true});
      const without = await run(repository, command, 'list', 'items', '--config', config);
      writeFileSync(fake, '');
      const beside = await run(repository, command, 'list', 'items', '--config', config);
      expect([without, beside]).toEqual(
        [
          'Start the server, or correct the URL in the config.',
          'If that is the fake API, start it in another terminal: node sources/list/fake-api/main.ts',
        ].map((advice) => ({
          code: 2,
          stdout: '',
          stderr: `error: Nothing listens at ${closed.url}. ${advice}\n`,
        })),
      );
    },
  );
});

describe('a preview', () => {
  test('prints a wait of the source while it lasts', async () => {
    const line =
      'GET https://api.test/users waits 6.0 s: the declared limit is 10 requests per minute.';
    addSource(repository, 'limited', {
      read: `
        log('INFO', '${line}');
        await new Promise((resolve) => setTimeout(resolve, 6_000));
        record('users', {id: 1});
        log('INFO', 'Stream users is complete.');`,
    });
    const {code, stderr} = await run(repository, 'preview', 'limited', 'users');
    expect({code, stderr}).toEqual({code: 0, stderr: `info: ${line}\n`});
  });

  test('shows records, types beside the schema, and findings, without control characters', async () => {
    const {code, stdout, stderr} = await run(repository, 'preview', 'crm', 'users');
    expect({code, stderr}).toEqual({code: 0, stderr: ''});
    expect(linesOf(stdout)).toEqual([
      'users of crm: all 2 records',
      '',
      'id  name  born        _deleted  phone  color',
      '1   Ada   2026-01-01  false     +1',
      '2   null  long ago    true             red',
      '',
      'Fields, in all 2 records',
      '',
      'field     in the records  seen in         in the schema',
      'id        integer         2 of 2          integer',
      'name      string | null   1 of 2, 1 null  string',
      'born      string          2 of 2          date | null',
      'fax                       0 of 2          string | null',
      '_deleted  boolean         2 of 2          boolean',
      'phone     string          1 of 2          not declared',
      'color     string          1 of 2          not declared',
      '',
      'Findings',
      '',
      'error: name is declared as string, but 1 of 2 values is null.',
      'error: born is declared as date | null, but 1 of 2 values has another format, such as "long ago".',
      'warning: phone is not declared, but 1 record has it.',
      'warning: color is not declared, but 1 record has it.',
      '',
    ]);
  });

  test('shows the requests, and what was decided about the next page', async () => {
    const api: ApiServer = await serveApi(({url}, response, origin) => {
      const page = Number(new URL(url ?? '', origin).searchParams.get('page') ?? 1);
      const items = Array.from({length: 30}, (_, index) => ({id: page * 100 + index}));
      sendJson(response, {items, ...(page < 3 && {next: `${origin}/items?page=${page + 1}`})});
    });
    const config = join(repository, 'list.json');
    writeFileSync(config, JSON.stringify({api_url: api.url, path: '/items'}));
    const {code, stdout} = await run(
      ...([repository, 'preview', LIST, 'items', '--limit', '2', '--config', config] as const),
    ).finally(api.close);
    const lines = linesOf(stdout.replaceAll(api.url, 'API').replaceAll(/\d+ ms \d+/g, 'MS BYTES'));
    expect([code, lines.slice(0, 5)]).toEqual([
      0,
      ['items of list: the first 2 records', '', 'id', '100', '101'],
    ]);
    expect(lines.slice(lines.indexOf('Requests and pages') + 2).slice(0, 3)).toEqual([
      'GET API/items 200 MS BYTES bytes',
      'GET API/items: page 1 has 30 records; next page: page=2.',
      'GET API/items?page=2 200 MS BYTES bytes',
    ]);
  });

  test('of a stream without records says so', async () => {
    expect(await run(repository, 'preview', 'crm', 'none')).toEqual({
      code: 0,
      stdout: 'none of crm: no records\n\n',
      stderr: '',
    });
  });

  test('of a stream that fails shows what came before', async () => {
    const {code, stdout, stderr} = await run(repository, 'preview', 'crm', 'broken');
    expect([code, linesOf(stdout)[0], stderr]).toEqual([
      1,
      'broken of crm: the first 1 record',
      'error: The API is down: try again later.\n',
    ]);
  });

  test('needs a stream: the only argument is the source, or the stream in the folder of a source', async () => {
    const [crm, users, nope] = await Promise.all([
      run(repository, 'preview', 'crm'),
      run(join(repository, 'sources/crm'), 'preview', 'users'),
      run(repository, 'preview', 'crm', 'nope'),
    ]);
    expect([crm.code, crm.stderr, users.code, nope.stderr]).toEqual([
      2,
      'error: Name a stream. crm has: users, fits, undeclared, none, broken.\n',
      0,
      'error: There is no stream nope. crm has: users, fits, undeclared, none, broken.\n',
    ]);
  });
});

describe('a schema', () => {
  test('that records contradict is an error, with all fields and the reasons', async () => {
    const {code, stdout} = await run(repository, 'schema', 'crm', 'users');
    expect([code, linesOf(stdout)[0], linesOf(stdout).slice(-6)]).toEqual([
      1,
      'users: all 2 records. These are few, so types and formats are not certain.',
      [
        'error: name is declared as string, but 1 of 2 values is null.',
        'error: born is declared as date | null, but 1 of 2 values has another format, such as "long ago".',
        'note: fax is declared, but no record has it.',
        'warning: phone is not declared, but 1 record has it.',
        'warning: color is not declared, but 1 record has it.',
        '--write adds and widens what is needed.',
      ],
    ]);
  });

  test('that fits ends with 0; one of no records, or of a stream that fails, does not', async () => {
    const [fits, none, broken] = await Promise.all(
      ['fits', 'none', 'broken'].map((name) => run(repository, 'schema', 'crm', name)),
    );
    expect([fits?.code, linesOf(fits?.stdout ?? '').at(-1)]).toEqual([
      0,
      'The schema fits these records.',
    ]);
    expect([none, broken?.code, broken?.stderr]).toEqual([
      {code: 1, stdout: '', stderr: 'error: none has no records, so nothing can be said.\n'},
      ...[1, 'error: The API is down: try again later.\n'],
    ]);
  });

  test('is printed, completed, with --json', async () => {
    const {stdout} = await run(repository, 'schema', 'crm', 'undeclared', '--json');
    expect(stdout).toContain('"type": ["null", "string"],\n      "format": "date-time"');
    expect(JSON.parse(stdout)).toMatchObject({title: 'Undeclared', required: ['id']});
  });

  test('is written for a stream without one, and completed in its file', async () => {
    const schemas = join(repository, 'sources/crm/schemas');
    mkdirSync(schemas, {recursive: true});
    writeFileSync(join(schemas, 'undeclared.json'), '{"title": "Thing", "properties": {}}');
    const written = await run(repository, 'schema', 'crm', 'undeclared', '--write');
    expect([written.code, written.stdout]).toEqual([
      0,
      `Wrote ${join(schemas, 'undeclared.json')}. Run \`npm run generate\` for its types.\n`,
    ]);
    expect(JSON.parse(readFileSync(join(schemas, 'undeclared.json'), 'utf8'))).toMatchObject({
      title: 'Thing',
      required: ['id'],
      properties: {id: {type: 'integer'}},
    });
    await run(repository, 'schema', 'crm', 'fits', '--write');
    expect(JSON.parse(readFileSync(join(schemas, 'fits.json'), 'utf8'))).toMatchObject({
      title: 'Fits',
    });

    const {_deleted, ...properties} = SCHEMA.properties;
    writeFileSync(join(schemas, 'users.json'), JSON.stringify({title: 'Person', properties}));
    await run(join(repository, 'sources/crm'), 'schema', 'users', '--write');
    expect(JSON.parse(readFileSync(join(schemas, 'users.json'), 'utf8'))).toEqual({
      title: 'Person',
      properties: {
        id: {type: 'integer'},
        name: {type: ['string', 'null']},
        born: {type: ['null', 'string']},
        fax: {type: ['null', 'string']},
        phone: {type: ['null', 'string']},
        color: {type: ['null', 'string']},
      },
    });
  });

  test('cannot be written for a program without files of schemas', async () => {
    const {code, stderr} = await run(
      repository,
      'schema',
      LIST,
      'items',
      '--write',
      '--config',
      'list.json',
    );
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(
        /^error: --write is for sources with their schemas in files: there is no spec\.json in .*test\/programs\/list\. Use --json, which prints the schema\.\n$/,
      ),
    ]);
  });
});
