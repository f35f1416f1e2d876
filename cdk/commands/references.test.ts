// Commands resolve references to secrets, and never print the values.
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

/** Fails with an error that contains its config. */
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

/** The printed output of a command with this config. */
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
    message: messages[0]?.connectionStatus?.message,
    names: messages[0]?.catalog?.streams.map(({name}) => name),
    logs,
  };
};

test('a source gets values, and they are masked in its output; those of the environment only in secret fields', async () => {
  process.env['TEST_TOKEN'] = 'ghp_hush-hush';
  process.env['TEST_ACCOUNT'] = 'acc-open';
  const path = file('list', 'from-a-file');
  const {message} = await run({
    token: 'env:TEST_TOKEN',
    account: 'env:TEST_ACCOUNT',
    list: [`file:${path}`, 'plain'],
  });
  expect(message).toBe(
    'I was given {"token":"****","account":"acc-open","list":["****","plain"]}.',
  );
});

test('discover resolves them too', async () => {
  process.env['TEST_ACCOUNT'] = 'acc-open';
  const {names} = await run({token: 'ghp_1', account: 'env:TEST_ACCOUNT'}, discover);
  expect(names).toEqual(['acc-open']);
});

test('a value that does not match the spec is reported without showing it, even if no field is marked', async () => {
  process.env['TEST_TOKEN'] = 'not-a-token';
  process.env['TEST_COUNT'] = '7-hush';
  // Longer than an error shows, so masking the error would not find it.
  const path = file('account', 'h'.repeat(200));
  const {message} = await run({
    token: 'env:TEST_TOKEN',
    account: `file:${path}`,
    count: 'env:TEST_COUNT',
  });
  expect(message).toBe(
    'The config does not match the spec: token must match the pattern ^ghp_, but is a string that is a secret; ' +
      'account must match the pattern ^acc, but is a string that is a secret; ' +
      'count must be of type integer, but is a string that is a secret.',
  );
});

test('a reference that cannot be resolved is named, and secrets beside it are not', async () => {
  const {message} = await run({token: 'env:TEST_MISSING', account: 'ghp_other', list: ['a']});
  expect(message).toBe(
    "The reference env:TEST_MISSING can't be resolved: the environment variable TEST_MISSING is not set: set it where the source runs.",
  );
});

test("a platform's own keys are not resolved", async () => {
  const {message} = await run({token: 'ghp_1', _note: 'env:TEST_MISSING'});
  expect(message).toBe('I was given {"token":"****"}.');
});
