import {expect, test} from '@jest/globals';
import {parent} from '../author/slices.ts';
import {defineSource} from '../author/source.ts';
import {stream} from '../author/stream.ts';
import type {Stream} from '../author/stream-types.ts';
import type {Schema} from '../author/types.ts';
import {createRedactor} from '../protocol/secrets.ts';
import {discover} from './discover.ts';

type Item = {id: number; at?: string; meta?: {at: string}};
const schema: Schema<Item> = {type: 'object', properties: {id: {}, at: {}, meta: {}}};

async function* read() {
  yield {records: []};
}

const catalogOf = async (streams: readonly Stream[]) => {
  const source = defineSource({
    name: 'items',
    spec: {connectionSpecification: {type: 'object'}},
    check: async () => {},
    streams: () => streams,
  });
  const found: unknown[] = [];
  for await (const message of discover(source, async () => ({}), {
    signal: new AbortController().signal,
    now: Date.now,
    redactor: createRedactor(),
    emit: async () => {},
    log: () => {},
  })) {
    if (message.type === 'CATALOG') found.push(...(message.catalog?.streams ?? []));
  }
  return found.map((entry) => {
    const {json_schema: _, ...rest} = Object(entry);
    return rest;
  });
};

test('a catalog has the sync modes of each stream, incremental also without a cursor if deletes are tracked, and whether a full refresh can be resumed', async () => {
  const plain = stream({name: 'plain', schema, read});
  const items = stream({
    name: 'items',
    schema,
    primaryKey: ['id'],
    cursor: {field: 'meta.at'},
    read,
  });
  const children = stream({
    name: 'children',
    schema,
    slices: parent(items, ({id}) => ({id})),
    read,
  });
  const tokens = stream({name: 'tokens', schema, resumable: {hours: 1}, read});
  const sweeping = stream({
    name: 'sweeping',
    schema,
    primaryKey: ['id'],
    deletes: {sweep: {}},
    read,
  });
  const flagging = stream({name: 'flagging', schema, deletes: {flag: () => false}, read});
  const changes = stream({name: 'changes', schema, cursor: {token: 'last-page'}, read});
  const all = [plain, items, children, tokens, sweeping, flagging, changes];
  expect(await catalogOf(all)).toEqual([
    {name: 'plain', supported_sync_modes: ['full_refresh']},
    {
      name: 'items',
      supported_sync_modes: ['full_refresh', 'incremental'],
      source_defined_cursor: true,
      default_cursor_field: ['meta', 'at'],
      is_resumable: true,
      source_defined_primary_key: [['id']],
    },
    {name: 'children', supported_sync_modes: ['full_refresh'], is_resumable: true},
    {name: 'tokens', supported_sync_modes: ['full_refresh'], is_resumable: true},
    {
      name: 'sweeping',
      supported_sync_modes: ['full_refresh', 'incremental'],
      source_defined_cursor: true,
      source_defined_primary_key: [['id']],
    },
    {name: 'flagging', supported_sync_modes: ['full_refresh']},
    {
      name: 'changes',
      supported_sync_modes: ['full_refresh', 'incremental'],
      source_defined_cursor: true,
      is_resumable: true,
    },
  ]);
});
