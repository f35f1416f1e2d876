import {defineSource, page, stream} from 'headwater';
import {makePages, type Range, type StreamName} from './generate.ts';
import {products} from './generated/products.ts';
import {purchases} from './generated/purchases.ts';
import {type Config, spec} from './generated/spec.ts';
import {users} from './generated/users.ts';
import {EPOCH, MAX_PRODUCTS, type World} from './rows.ts';

const worldOf = ({seed, always_updated}: Config): World => ({
  seed,
  updatedAt: always_updated ? new Date().toISOString() : undefined,
});

/** The id of the first row after `since`. The row of that time is left out, because no two rows share a time. */
const firstAfter = (since: string | number | undefined, {updatedAt}: World): number => {
  const instant = Date.parse(String(since));
  if (updatedAt !== undefined || Number.isNaN(instant)) return 1;
  return Math.max(1, Math.floor((instant - EPOCH) / 1000) + 1);
};

function* rangesOf(first: number, last: number, size: number): Generator<Range> {
  for (let from = first; from <= last; from += size) {
    yield {from, length: Math.min(size, last - from + 1)};
  }
}

export const faker = defineSource({
  name: 'faker',
  spec,
  // There is no API to wait for, so reading streams side by side would only mix their rows.
  concurrency: 1,
  check: async () => {},
  streams: ({config}) => {
    const world = worldOf(config);
    const common = {
      primaryKey: ['id'],
      cursor: {field: 'updated_at', order: 'ascending'},
      // A demo shows a state after each page.
      checkpointInterval: {seconds: 0},
    } as const;
    async function* rows<S extends StreamName>(
      name: S,
      count: number,
      since: string | number | undefined,
    ) {
      const ranges = rangesOf(firstAfter(since, world), count, config.records_per_slice);
      for await (const records of makePages(name, ranges, world, config.parallelism)) {
        yield page(records);
      }
    }
    return [
      stream({
        ...common,
        name: 'users',
        schema: users,
        read: ({since}) => rows('users', config.count, since),
      }),
      stream({
        ...common,
        name: 'products',
        schema: products,
        read: ({since}) => rows('products', Math.min(config.count, MAX_PRODUCTS), since),
      }),
      stream({
        ...common,
        name: 'purchases',
        schema: purchases,
        read: ({since}) => rows('purchases', config.count, since),
      }),
    ];
  },
});
