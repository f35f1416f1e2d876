// Streams and schemas that are only known by asking the API.
import {expect, test} from '@jest/globals';
import nock from 'nock';
import {parent} from '../author/slices.ts';
import {defineSource, type Source} from '../author/source.ts';
import {page, stream} from '../author/stream.ts';
import type {Schema} from '../author/types.ts';
import {Interrupted} from '../read/turns/abort.ts';
import {errorsIn, recordsOf} from '../testing/messages.ts';
import {inShort, runRead} from '../testing/run-read.ts';
import {discoverSource, readSource} from '../testing/run-source.ts';

const API = 'https://api.test';
type Row = Record<string, unknown>;
type Config = {prefix: string};

const define = (streams: Source<Config>['streams']) =>
  defineSource<Config>({
    name: 'crm',
    spec: {
      connectionSpecification: {
        type: 'object',
        properties: {prefix: {type: 'string', default: 'c_'}},
      },
    },
    connect: () => ({baseUrl: API, retry: {attempts: 1}}),
    check: async () => {},
    streams,
  });

const fields = (...names: readonly string[]): Schema<Row> => ({
  type: 'object',
  properties: Object.fromEntries(names.map((name) => [name, {type: 'string'}])),
});

test('streams may be asked for, in discover and in read, once each', async () => {
  const objects = nock(API).get('/objects').times(2).reply(200, ['deals', 'people']);
  nock(API)
    .get('/people')
    .reply(200, [{id: 1}]);
  const crm = define(async ({http}) =>
    (await http.get<string[]>('/objects')).map((name) =>
      stream<Row>({
        name,
        schema: fields('id'),
        read: (context) => context.http.paginate(`/${name}`),
      }),
    ),
  );
  const [catalog] = await discoverSource(crm, {});
  expect(catalog?.catalog?.streams.map(({name}) => name)).toEqual(['deals', 'people']);
  expect(recordsOf(await readSource(crm, {}, ['people']), 'people')).toEqual([{id: 1}]);
  expect(objects.isDone()).toBe(true);
});

/** Streams whose fields the API knows. */
const describedStreams = (asked: string[]) =>
  define(() =>
    ['deals', 'people'].map((name) =>
      stream<Row>({
        name,
        schema: async ({http, config}) => {
          asked.push(name);
          return fields(...(await http.get<string[]>(`/${config['prefix']}${name}/fields`)));
        },
        types: 'as-declared',
        read: ({http}) => http.paginate(`/${name}`),
      }),
    ),
  );

test('discover asks for the schemas of all streams, with the config', async () => {
  nock(API)
    .get('/c_deals/fields')
    .reply(200, ['title'])
    .get('/c_people/fields')
    .reply(200, ['name']);
  const asked: string[] = [];
  const [catalog] = await discoverSource(describedStreams(asked), {});
  expect(catalog?.catalog?.streams.map(({json_schema}) => json_schema)).toEqual([
    fields('title'),
    fields('name'),
  ]);
  expect(asked.sort()).toEqual(['deals', 'people']);
});

test('read asks for the schemas of configured streams, once each, and for the stream itself', async () => {
  nock(API)
    .get('/c_people/fields')
    .reply(200, ['name'])
    .get('/people')
    .reply(200, [{name: 7}]);
  const asked: string[] = [];
  const messages = await readSource(describedStreams(asked), {}, ['people']);
  expect(recordsOf(messages, 'people')).toEqual([{name: '7'}]);
  expect(asked).toEqual(['people']);
  expect(messages.flatMap(({log}) => log?.message ?? []).at(-1)).toMatch(
    /^Stream people is complete: 1 records \(2 requests, /,
  );
});

test('in discover a schema that can not be had is an error that names its stream', async () => {
  nock(API).get('/c_deals/fields').reply(403).get('/c_people/fields').reply(200, ['name']);
  await expect(discoverSource(describedStreams([]), {})).rejects.toEqual(
    expect.objectContaining({
      name: 'ConfigError',
      message:
        'The schema of stream deals is not known: GET https://api.test/c_deals/fields answered 403. The credentials are valid but may not read this: grant the missing permission, or leave this stream out.',
    }),
  );
});

test('in read it fails its own stream, whose state is kept, and no other', async () => {
  nock(API).get('/c_deals/fields').reply(403).get('/c_people/fields').reply(200, ['name']);
  nock(API)
    .get('/people')
    .reply(200, [{name: 'a'}]);
  const state = [
    {type: 'STREAM', stream: {stream_descriptor: {name: 'deals'}, stream_state: {kept: 7}}},
  ];
  const messages = await readSource(describedStreams([]), {}, ['deals', 'people'], state);
  expect(inShort(messages).filter((line) => /^deals/.test(line))).toEqual([
    'deals STARTED',
    'deals STATE {"kept":7} 0',
    'deals INCOMPLETE',
    'deals config_error: The schema of stream deals is not known: GET https://api.test/c_deals/fields answered 403. The credentials are valid but may not read this: grant the missing permission, or leave this stream out.',
  ]);
  expect(recordsOf(messages, 'people')).toEqual([{name: 'a'}]);
  expect(errorsIn(messages)).toHaveLength(2);
});

test('a function that returns no schema is a fault of the source', async () => {
  const crm = define(() => [
    stream({
      name: 'deals',
      schema: () => JSON.parse('null'),
      async *read() {
        yield page([]);
      },
    }),
  ]);
  await expect(discoverSource(crm, {})).rejects.toThrow(
    'The schema of stream deals is not known: the function returned null, but a JSON Schema is an object. Correct `schema` in the source.',
  );
});

test('a parent that is read for its children only needs no schema', async () => {
  nock(API)
    .get('/people')
    .reply(200, [{id: 1}])
    .get('/people/1/notes')
    .reply(200, [{text: 'a'}]);
  const crm = define(() => {
    const people = stream<Row>({
      name: 'people',
      schema: () => {
        throw new Error('It was asked for.');
      },
      read: ({http}) => http.paginate('/people'),
    });
    return [
      people,
      stream<Row, {id: number}>({
        name: 'notes',
        schema: fields('text'),
        slices: parent(people, ({id}) => ({id: Number(id)})),
        read: ({http, slice: {id}}) => http.paginate(`/people/${id}/notes`),
      }),
    ];
  });
  const messages = await readSource(crm, {}, ['notes']);
  expect(recordsOf(messages, 'notes')).toEqual([{text: 'a'}]);
});

test('a run that is stopped while it asks for a schema hands the state back', async () => {
  const stop = new AbortController();
  const deals = stream<Row>({
    name: 'deals',
    schema: () => {
      stop.abort(new Interrupted('SIGTERM'));
      return new Promise(() => {});
    },
    async *read() {
      yield page([]);
    },
  });
  const state = [
    {type: 'STREAM', stream: {stream_descriptor: {name: 'deals'}, stream_state: {kept: 7}}},
  ];
  const {messages, error} = await runRead({streams: [deals], state, signal: stop.signal});
  expect(error).toBe(stop.signal.reason);
  expect(inShort(messages).filter((line) => /^deals/.test(line))).toEqual([
    'deals STARTED',
    'deals STATE {"kept":7} 0',
    'deals INCOMPLETE',
  ]);
});
