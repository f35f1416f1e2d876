import {describe, expect, test} from '@jest/globals';
import {parent} from '../../author/slices.ts';
import {defineSource} from '../../author/source.ts';
import {page, stream} from '../../author/stream.ts';
import type {Stream} from '../../author/stream-types.ts';
import type {Schema} from '../../author/types.ts';
import {discoverSource} from '../../testing/run-source.ts';

type Item = {id: number; name: string};
const schema: Schema<Item> = {
  type: 'object',
  required: ['id', 'name'],
  properties: {id: {type: 'integer'}, name: {type: 'string'}},
  additionalProperties: false,
};

const base = {
  name: 'items',
  schema,
  primaryKey: ['id'] as const,
  async *read() {
    yield page<Item>([]);
  },
};

/** The schemas that `discover` prints. */
const discovered = async (one: Stream) => {
  const source = defineSource({
    name: 'items',
    spec: {connectionSpecification: {}},
    check: async () => {},
    streams: () => [one],
  });
  const messages = await discoverSource(source, {});
  return messages.flatMap(({catalog}) => catalog?.streams ?? []).map((found) => found.json_schema);
};

const properties = {
  _deleted_at: {
    description: 'When the record was deleted, or found to be; null if it exists.',
    type: ['null', 'string'],
    format: 'date-time',
  },
  id: {type: 'integer'},
  name: {type: 'string'},
};

describe('discover', () => {
  test('prints `_deleted_at` for a stream that detects deletions', async () => {
    const deletes = {flag: () => true};
    expect(await discovered(stream({...base, deletes}))).toEqual([{...schema, properties}]);
  });

  test.each<[string, object]>([
    ['of a list', {deletes: {list: {read: () => base.read()}}}],
    ['of a feed of changes', {cursor: {token: 'last-page'}, deletes: {flag: () => true}}],
  ])('requires only the primary key if tombstones %s have nothing else', async (_what, more) => {
    expect(await discovered(stream({...base, ...more}))).toEqual([
      {...schema, properties, required: ['id']},
    ]);
  });

  test('prints the schema unchanged for a stream without `deletes`', async () => {
    expect(await discovered(stream(base))).toEqual([schema]);
  });
});

describe('a stream', () => {
  const read = () => base.read();
  test.each([
    [
      'without a primary key',
      {primaryKey: []},
      {list: {read}},
      'Stream items: deleted records are identified by their primary key, so declare a `primaryKey`.',
    ],
    [
      'in windows without a list of ids',
      {cursor: {field: 'name'}, fullSync: {every: {days: 1}}, window: {days: 1}},
      {sweep: {}},
      'Stream items: a record that changes while windows are read may be in none of them, so they do not show which records were deleted: give `deletes.sweep` a `read` that lists all ids.',
    ],
    [
      'that is never read from its beginning, without a list of ids',
      {cursor: {field: 'name'}},
      {sweep: {}},
      'Stream items: after its first sync only new records are read, which does not show which ones were deleted: give `deletes.sweep` a `read` that lists all ids, or the stream a `fullSync`.',
    ],
    [
      'that would delete the slices of parents that did not change',
      {slices: parent(stream(base), () => ({}), {incremental: true})},
      {sweep: {read, every: {weeks: 1}, goneSlices: 'delete'}},
      'Stream items: an `incremental` parent lists only slices that changed, so a slice that is not listed may still exist: leave out `deletes.sweep.goneSlices` or `incremental`.',
    ],
  ] as const)('%s is refused', (_what, more, deletes, message) => {
    expect(() => stream({...base, ...more, deletes})).toThrow(message);
  });

  test('that lists its ids without an interval is refused, in JavaScript too', () => {
    // @ts-expect-error It does not compile.
    expect(() => stream({...base, deletes: {sweep: {read}}})).toThrow(
      'Stream items: set `deletes.sweep.every` to the time between two lists of all ids, {weeks: 1}.',
    );
  });
});
