// The states in docs/state.md and docs/tokens.md are those of the engine: a run that reads nothing returns each of them unchanged.
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from '@jest/globals';
import {parent, type SliceList} from '../../cdk/author/slices.ts';
import {stream} from '../../cdk/author/stream.ts';
import type {Stream} from '../../cdk/author/stream-types.ts';
import type {Page, Schema} from '../../cdk/author/types.ts';
import {TransientError} from '../../cdk/errors.ts';
import type {JsonObject} from '../../cdk/json/values.ts';
import {NOW, runRead} from '../../cdk/testing/run-read.ts';
import {stateOf} from '../read/items.ts';

type Row = {id: number; updated_at?: string; submitted_at?: string};
const schema: Schema<Row> = {
  type: 'object',
  properties: {id: {}, updated_at: {}, submitted_at: {}},
};

// biome-ignore lint/correctness/useYield: it always throws before
async function* nothing(): AsyncGenerator<Page<Row>> {
  throw new TransientError('This stream cannot be read.');
}

const noSlices: SliceList<{repository: string}> = () => {
  throw new TransientError('These slices cannot be listed.');
};

const cursor = {field: 'updated_at'} as const;
const items = {name: 'items', schema, read: nothing};
const issues = stream({...items, name: 'issues', cursor, slices: noSlices});

/** The stream of each example, in the order of the pages. */
const STREAMS: readonly Stream[] = [
  stream({...items, cursor}),
  stream({...items, cursor, slices: noSlices}),
  stream({...items, cursor, fullSync: {every: {days: 30}}}),
  stream({
    ...items,
    cursor,
    slices: () => [{repository: 'octocat/hello-world'}],
    resumable: {hours: 1},
  }),
  stream({...items, slices: noSlices}),
  stream({
    ...items,
    cursor: {field: 'submitted_at'},
    slices: parent(issues, ({id}) => ({issue: id}), {incremental: true}),
  }),
  stream({...items, cursor, slices: noSlices}),
  stream({...items, cursor: {token: 'last-page'}}),
  stream({...items, cursor: {token: 'last-page'}, slices: noSlices}),
];

const text = ['state.md', 'tokens.md']
  .map((page) => readFileSync(join(import.meta.dirname, '../../docs', page), 'utf8'))
  .join('\n');
const examples: readonly JsonObject[] = [...text.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(
  ([, json = '']) => JSON.parse(json),
);

test('the pages have an example of each kind of state', () => {
  expect(examples).toHaveLength(STREAMS.length);
});

test.each(examples.map((example, index) => ({example, shown: STREAMS[index]})))(
  'the engine understands the state $example',
  async ({example, shown}) => {
    if (shown === undefined) throw new Error('There is no stream for this example.');
    const {messages} = await runRead({
      streams: [shown],
      state: stateOf('items', example),
      now: () => NOW + 23.9 * 3_600_000,
    });
    const last = messages.findLast(({state}) => state)?.state?.stream?.stream_state;
    expect(last).toEqual({...example, unfinished: true});
    expect(messages.filter(({log}) => log?.level === 'WARN')).toEqual(
      'cursor' in shown || 'token' in shown ? [] : [expect.anything()],
    );
  },
);
