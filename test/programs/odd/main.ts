#!/bin/sh
// 2>/dev/null; exec "$(dirname "$(readlink -f "$0")")/../../../scripts/node.sh" "$0" "$@"
// A source that misbehaves as its config says, for tests of the program around it.
import {defineSource, type Page, page, run, type Schema, type Spec, stream} from 'headwater';

type Config = {behaviour?: string; token?: string};
type Item = {id: number; text?: string};

const spec: Spec<Config> = {
  connectionSpecification: {
    type: 'object',
    properties: {
      behaviour: {type: 'string'},
      token: {type: 'string', airbyte_secret: true},
    },
  },
};
const schema: Schema<Item> = {type: 'object', properties: {id: {type: 'integer'}}};

const never = new Promise<never>(() => {});

const behaviours: Readonly<Record<string, (config: Config) => unknown>> = {
  'prints to the console': ({token}) => {
    console.log('hello %s', 'there');
    console.warn('careful', {a: 1});
    console.error(`the token is ${token}`);
    console.debug('details');
    process.stdout.write('straight to stdout\n');
    process.emitWarning('an odd thing');
  },
  'prints its token in every way': ({token = ''}) => {
    console.log('unchanged %s', token);
    console.info({in: 'an object', token});
    console.warn(JSON.stringify({token}));
    console.error(new Error(`in an error ${token}`).message);
    console.debug(`Basic ${Buffer.from(`me:${token}`).toString('base64')}`);
    console.trace(encodeURIComponent(token));
    process.stdout.write(`${new URLSearchParams({token})}\n`);
    process.emitWarning(`in a warning ${token}`);
    for (const line of token.split('\n')) console.log('line by line', line);
  },
  'throws its token': ({token}) => {
    const cause = new TypeError(`caused by ${token}`, {cause: `a string with ${token}`});
    throw new Error(`refused ${token}`, {cause});
  },
  'throws its token where nobody catches': ({token}) => {
    setTimeout(() => {
      throw new Error(`lost in a timer: ${token}`, {cause: new Error(`by ${token}`)});
    }, 1);
    return new Promise((resolve) => setTimeout(resolve, 1000));
  },
  'forgets to catch its token': ({token}) => {
    void Promise.reject(new Error(`lost in a promise: ${token}`));
    return new Promise((resolve) => setTimeout(resolve, 1000));
  },
  'throws where nobody catches': () => {
    setTimeout(() => {
      throw new Error('lost in a timer');
    }, 1);
    return new Promise((resolve) => setTimeout(resolve, 1000));
  },
  'forgets to catch': () => {
    void Promise.reject(new Error('lost in a promise'));
    return new Promise((resolve) => setTimeout(resolve, 1000));
  },
  'waits for nothing': () => never,
  'leaves a timer behind': () => {
    setInterval(() => {}, 1000);
  },
};

/** Fills the memory by about 50 MB per second. */
async function* keepAll(first: number): AsyncGenerator<Page<Item>> {
  const kept: object[] = [];
  for (let id = first; ; id += 1) {
    kept.push(Array.from({length: 2_000}, (_none, n) => `${id} ${n}`));
    yield page([{id}]);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

const odd = defineSource({
  name: 'odd',
  spec,
  check: async ({config}) => behaviours[config.behaviour ?? '']?.(config),
  streams: ({config}) => [
    stream({
      name: 'items',
      schema,
      cursor: {field: 'id', order: 'ascending'},
      checkpointInterval: {seconds: 0},
      async *read({since}) {
        const first = typeof since === 'number' ? since : 1;
        yield page([{id: first, text: config.behaviour ?? 'none'}]);
        await behaviours[config.behaviour ?? '']?.(config);
        yield page([{id: first + 1}]);
        if (config.behaviour === 'hangs') {
          // The timer keeps the process alive, as a request would.
          await Promise.race([never, new Promise((resolve) => setTimeout(resolve, 60_000))]);
        }
        if (config.behaviour === 'keeps all it reads') yield* keepAll(first + 2);
        if (config.behaviour === 'never ends') {
          for (let id = first + 2; ; id += 1) yield page([{id, text: 'x'.repeat(10_000)}]);
        }
      },
    }),
  ],
});

await run(odd);
