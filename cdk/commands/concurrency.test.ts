import {expect, test} from '@jest/globals';
import {defineSource, type Source} from '../author/source.ts';
import {page, stream} from '../author/stream.ts';
import {recordsOf} from '../testing/messages.ts';
import {readSource} from '../testing/run-source.ts';

type Config = {slots?: number};

/** The most slices of twenty that were read at once. */
const mostOf = async (concurrency: Source<Config>['concurrency'], config: Config = {}) => {
  let reading = 0;
  let most = 0;
  const source = defineSource<Config>({
    name: 'items',
    spec: {connectionSpecification: {type: 'object', properties: {slots: {type: 'integer'}}}},
    ...(concurrency !== undefined && {concurrency}),
    check: async () => {},
    streams: () => [
      stream<{id: number}, {id: number}>({
        name: 'items',
        schema: {},
        slices: () => Array.from({length: 20}, (_none, id) => ({id})),
        async *read({slice: {id}}) {
          reading += 1;
          most = Math.max(most, reading);
          await new Promise(setImmediate);
          yield page([{id}]);
          reading -= 1;
        },
      }),
    ],
  });
  const messages = await readSource(source, config, ['items']);
  expect(recordsOf(messages, 'items')).toHaveLength(20);
  return most;
};

test('ten slices are read at once, or as many as the source or its config sets', async () => {
  expect([
    await mostOf(undefined),
    await mostOf(3),
    await mostOf(({slots}) => slots, {slots: 4}),
    await mostOf(({slots}) => slots),
  ]).toEqual([10, 3, 4, 10]);
});

test.each([0, -1, 1.5, Number.NaN])('a concurrency of %d is an error', async (concurrency) => {
  await expect(mostOf(concurrency)).rejects.toThrow(
    `The concurrency of source items is ${concurrency}, but must be a whole number, 1 or more. Correct it in the source.`,
  );
});
