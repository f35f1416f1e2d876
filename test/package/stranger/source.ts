// A stranger's module: it uses each public module of the package, and one line of it must not compile.
import {bearer, defineSource, linkHeader, run, type Schema, type Spec, stream} from 'headwater';
import {type Api, everyNth, runFake} from 'headwater/fake-api';
import preset from 'headwater/jest-preset';
import {checkSource, readSource, recordsOf, secret, virtualClock} from 'headwater/testing';

const schema: Schema<{id: number; at: string}> = {
  type: 'object',
  properties: {id: {type: 'integer'}, at: {type: 'string'}},
};
const spec: Spec<{token: string}> = {connectionSpecification: {type: 'object'}};

export const stranger = defineSource({
  name: 'stranger',
  spec,
  connect: ({token}) => ({baseUrl: 'https://api.example.com', auth: bearer(token)}),
  check: ({http}) => http.get('/me'),
  streams: () => [
    stream({
      name: 'items',
      schema,
      primaryKey: ['id'],
      cursor: {field: 'at'},
      read: ({http, since}) => http.paginate('/items', {query: {since}, next: linkHeader()}),
    }),
  ],
});

const api: Api = everyNth(
  3,
  () => ({status: 500}),
  () => ({status: 200, body: []}),
);

export const names = async (): Promise<readonly unknown[]> => {
  const messages = await readSource(stranger, {token: secret('stranger')}, ['items']);
  return [run, runFake, api, preset, checkSource, virtualClock(), ...recordsOf(messages, 'items')];
};

stream({
  name: 'items',
  schema,
  // @ts-expect-error: the schema has no such field.
  primaryKey: ['key'],
  read: ({http}) => http.paginate('/items'),
});
