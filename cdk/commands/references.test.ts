// What commands do with references to secrets: what they say never holds what those stand for.
import {afterEach, expect, test} from '@jest/globals';
import {workspace} from '../../test/e2e/run-program.ts';
import {defineSource, type Spec} from '../author/source.ts';
import {stream} from '../author/stream.ts';
import {ConfigError} from '../errors.ts';
import {createRedactor} from '../protocol/secrets.ts';
import {messagesIn} from '../testing/run-source.ts';
import {check} from './check.ts';
import {discover} from './discover.ts';

type Config = {token: string; account?: string; count?: number; list?: string[]};
const spec: Spec<Config> = {
  connectionSpecification: {
    type: 'object',
    required: ['token'],
    properties: {
      token: {type: 'string', airbyte_secret: true, pattern: '^ghp_'},
      account: {type: 'string', pattern: '^acc'},
      count: {type: 'integer'},
      list: {type: 'array', items: {type: 'string'}},
    },
  },
};

/** Fails with all that its config holds. */
const teller = defineSource({
  name: 'teller',
  spec,
  check: async ({config}) => {
    throw new ConfigError(`I was given ${JSON.stringify(config)}.`);
  },
  streams: ({config}) => [stream({name: config.account ?? 'none', schema: {}, async *read() {}})],
});

const {file} = workspace();
afterEach(() => {
  for (const name of Object.keys(process.env)) {
    if (name.startsWith('TEST_')) delete process.env[name];
  }
});

/** What a command says of this config, as it would be printed. */
const run = async (config: unknown, command: typeof check | typeof discover = check) => {
  const redactor = createRedactor();
  const logs: string[] = [];
  const messages = [];
  const runtime = {
    signal: new AbortController().signal,
    now: Date.now,
    redactor,
    emit: async () => {},
    log: (_level: string, text: string) => logs.push(redactor.redact(text)),
  };
  for await (const emission of command(teller, async () => config, runtime)) {
    messages.push(...messagesIn(emission, redactor.redact));
  }
  return {
    told: messages[0]?.connectionStatus?.message,
    names: messages[0]?.catalog?.streams.map(({name}) => name),
    logs,
  };
};

test('a source gets values, and what it repeats of them is masked: of the environment, the fields that are secret', async () => {
  process.env['TEST_TOKEN'] = 'ghp_hush-hush';
  process.env['TEST_ACCOUNT'] = 'acc-open';
  const path = file('list', 'from-a-file');
  const {told} = await run({
    token: 'env:TEST_TOKEN',
    account: 'env:TEST_ACCOUNT',
    list: [`file:${path}`, 'plain'],
  });
  expect(told).toBe('I was given {"token":"****","account":"acc-open","list":["****","plain"]}.');
});

test('discover resolves them too', async () => {
  process.env['TEST_ACCOUNT'] = 'acc-open';
  const {names} = await run({token: 'ghp_1', account: 'env:TEST_ACCOUNT'}, discover);
  expect(names).toEqual(['acc-open']);
});

test('what does not fit the spec is told without the value, even where no field is marked', async () => {
  process.env['TEST_TOKEN'] = 'not-a-token';
  process.env['TEST_COUNT'] = '7-hush';
  // Longer than an error shows, and so not to be found by masking what is shown of it.
  const path = file('account', 'h'.repeat(200));
  const {told} = await run({
    token: 'env:TEST_TOKEN',
    account: `file:${path}`,
    count: 'env:TEST_COUNT',
  });
  expect(told).toBe(
    'The config does not match the spec: token must match the pattern ^ghp_, but is a string that is a secret; ' +
      'account must match the pattern ^acc, but is a string that is a secret; ' +
      'count must be of type integer, but is a string that is a secret.',
  );
});

test('one that can not be resolved is named, and secrets beside it are not', async () => {
  const {told} = await run({token: 'env:TEST_MISSING', account: 'ghp_other', list: ['a']});
  expect(told).toBe(
    "The reference env:TEST_MISSING can't be resolved: the environment variable TEST_MISSING is not set: set it where the source runs.",
  );
});

test("a platform's own keys are left alone", async () => {
  const {told} = await run({token: 'ghp_1', _note: 'env:TEST_MISSING'});
  expect(told).toBe('I was given {"token":"****"}.');
});
