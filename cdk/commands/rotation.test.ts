import {setImmediate as tick} from 'node:timers/promises';
import {afterEach, describe, expect, test} from '@jest/globals';
import nock from 'nock';
import {workspace} from '../../test/e2e/run-program.ts';
import {defineSource, type Spec} from '../author/source.ts';
import {stream} from '../author/stream.ts';
import type {Schema} from '../author/types.ts';
import {oauth2} from '../http/auth/oauth2.ts';
import type {AirbyteMessage} from '../protocol/generated/airbyte.ts';
import {createRedactor} from '../protocol/secrets.ts';
import {catalogOf} from '../testing/run-read.ts';
import {messagesIn} from '../testing/run-source.ts';
import {check} from './check.ts';
import type {Command} from './command.ts';
import {read} from './read.ts';

type Config = {credentials: {refresh_token: string; secret: string}; count?: number};
const spec: Spec<Config> = {
  connectionSpecification: {
    type: 'object',
    properties: {
      credentials: {
        type: 'object',
        properties: {
          refresh_token: {type: 'string', airbyte_secret: true},
          secret: {type: 'string', airbyte_secret: true},
        },
      },
      count: {type: 'integer', default: 10},
    },
  },
};
const schema: Schema<{id: number}> = {type: 'object', properties: {id: {}}};
const NOW = 1_767_225_600_000;

const source = defineSource({
  name: 'rotating',
  spec,
  connect: ({credentials}) => ({
    baseUrl: 'https://api.test',
    auth: oauth2({
      tokenUrl: '/token',
      client: {id: 'app', secret: credentials.secret},
      grant: {refreshToken: credentials.refresh_token},
    }),
  }),
  concurrency: 1,
  check: ({http}) => http.get('/items'),
  streams: () => [
    stream({name: 'items', schema, read: ({http}) => http.paginate<{id: number}>('/items')}),
  ],
});

const given = {
  credentials: {secret: 'hush-hush', refresh_token: 'refresh-1', extra: [true, null, 'refresh-1']},
  _limit: 7,
};
const changed = (to: string) => ({
  type: 'CONTROL',
  control: {
    type: 'CONNECTOR_CONFIG',
    emitted_at: NOW,
    connectorConfig: {
      config: {credentials: {secret: 'hush-hush', refresh_token: to, extra: [true, null, to]}},
    },
  },
});

/** Runs a command, and notes in one list what is emitted, what is written and what reaches the API. */
const run = async (
  command: (runtime: Parameters<typeof check>[2]) => Command,
  write: () => Promise<void> = tick,
) => {
  const events: unknown[] = [];
  const redactor = createRedactor();
  let rotations = 1;
  nock('https://api.test')
    .post('/token')
    .times(9)
    .reply(200, async () => {
      rotations += 1;
      // A millisecond of life: each request needs a new token.
      return {
        access_token: `access-${rotations}`,
        refresh_token: `refresh-${rotations}`,
        expires_in: 0.001,
      };
    });
  nock('https://api.test')
    .get('/items')
    .times(9)
    .reply(200, async (request: Request) => {
      events.push(request.headers.get('authorization'));
      return [{id: 1}];
    });
  const emit = async (message: AirbyteMessage) => {
    await write();
    events.push(...messagesIn(message, redactor.redact));
  };
  const log = (_level: string, message: string) => events.push(redactor.redact(message));
  const {signal} = new AbortController();
  const messages: AirbyteMessage[] = [];
  let failure: unknown;
  try {
    for await (const emission of command({signal, now: () => NOW, redactor, log, emit})) {
      messages.push(...messagesIn(emission, redactor.redact));
    }
  } catch (error) {
    failure = error;
  }
  return {events, messages, failure};
};

const sent = (events: readonly unknown[]) =>
  events.filter((event) => typeof event === 'object' || String(event).startsWith('Bearer'));

describe('a refresh token that is rotated', () => {
  test('during a check is a CONTROL message with the whole config, written before the token is used', async () => {
    const {events, messages} = await run((runtime) => check(source, async () => given, runtime));
    expect(sent(events)).toEqual([changed('refresh-2'), 'Bearer access-2']);
    expect(messages).toEqual([
      {type: 'CONNECTION_STATUS', connectionStatus: {status: 'SUCCEEDED'}},
    ]);
  });

  test('during a read is one too, and the next one builds on it', async () => {
    const twice = defineSource({
      ...source,
      streams: () =>
        ['a', 'b'].map((name) =>
          stream({name, schema, read: ({http}) => http.paginate<{id: number}>('/items')}),
        ),
    });
    const {events, messages} = await run((runtime) =>
      read(
        twice,
        {
          config: async () => given,
          catalog: async () => catalogOf(['a', 'b'], 'full_refresh'),
          state: async () => undefined,
        },
        runtime,
      ),
    );
    expect(sent(events)).toEqual([
      changed('refresh-2'),
      'Bearer access-2',
      changed('refresh-3'),
      'Bearer access-3',
    ]);
    expect(messages.flatMap(({record}) => (record ? [record.stream] : []))).toEqual(['a', 'b']);
    expect(JSON.stringify(messages)).not.toMatch(/hush|refresh-|access-/);
  });

  test('whose message can not be written is not used', async () => {
    const {events, failure} = await run(
      (runtime) => check(source, async () => given, runtime),
      async () => {
        throw new Error('EPIPE');
      },
    );
    expect(sent(events)).toEqual([]);
    expect(String(failure)).toMatch(
      /^SystemError: The server issued a new refresh token, which could not be saved/,
    );
  });

  test('but does not come from the config is an error, and not used', async () => {
    const foreign = defineSource({
      ...source,
      connect: () => ({
        baseUrl: 'https://api.test',
        auth: oauth2({
          tokenUrl: '/token',
          client: {id: 'app'},
          grant: {refreshToken: 'somewhere-else'},
        }),
      }),
    });
    const {events, failure} = await run((runtime) => check(foreign, async () => given, runtime));
    expect(sent(events)).toEqual([]);
    expect(String(failure instanceof Error && failure.cause)).toBe(
      'SystemError: The refresh token that was replaced does not stand in the config: pass it to oauth2 as the config has it.',
    );
  });

  test('is masked where the server repeats it in its refusal', async () => {
    nock('https://api.test')
      .post('/token')
      .reply(400, {error: 'invalid_grant', error_description: 'refresh-1 of hush-hush is void'});
    const {messages} = await run((runtime) => check(source, async () => given, runtime));
    expect(messages).toEqual([
      {
        type: 'CONNECTION_STATUS',
        connectionStatus: {
          status: 'FAILED',
          message:
            'POST https://api.test/token answered 400: **** of **** is void. (invalid_grant) The authorization has expired, ' +
            'or was revoked or already used: authorize again, and put the new credentials into the config.',
        },
      },
    ]);
  });
});

describe('a rotated refresh token that stands behind a reference', () => {
  const {file} = workspace();
  afterEach(() => {
    delete process.env['TEST_REFRESH_TOKEN'];
  });
  const warning = (reference: string) =>
    `The reference ${reference} now stands for a refresh token that is used up. The config that goes out in a CONTROL message has the new one in its place: run with that config from now on, or store the new token where the reference leads.`;
  const twice = defineSource({
    ...source,
    check: async ({http}) => {
      await http.get('/items');
      await http.get('/items');
    },
  });

  test('takes the place of the reference, and all others stay references', async () => {
    process.env['TEST_REFRESH_TOKEN'] = 'refresh-1';
    const path = file('secret', 'hush-hush\n');
    const config = {
      credentials: {
        secret: `file:${path}`,
        refresh_token: 'env:TEST_REFRESH_TOKEN',
        list: ['env:TEST_REFRESH_TOKEN', {deep: ['refresh-1', `file:${path}`, 'env:other']}],
      },
      count: 3,
    };
    const {events, messages} = await run((runtime) => check(twice, async () => config, runtime));
    const credentialsWith = (to: string) => ({
      secret: `file:${path}`,
      refresh_token: to,
      list: [to, {deep: [to, `file:${path}`, 'env:other']}],
    });
    const changedTo = (to: string) => ({
      type: 'CONTROL',
      control: {
        type: 'CONNECTOR_CONFIG',
        emitted_at: NOW,
        connectorConfig: {config: {credentials: credentialsWith(to), count: 3}},
      },
    });
    const said = events.filter((event) => typeof event === 'string' && !/^(GET|POST) /.test(event));
    expect(sent(events)).toEqual([
      changedTo('refresh-2'),
      'Bearer access-2',
      changedTo('refresh-3'),
      'Bearer access-3',
    ]);
    // Said once: from the first rotation on, the config holds the token itself.
    expect(said.filter((event) => String(event).startsWith('The reference'))).toEqual([
      warning('env:TEST_REFRESH_TOKEN'),
    ]);
    expect(messages).toEqual([
      {type: 'CONNECTION_STATUS', connectionStatus: {status: 'SUCCEEDED'}},
    ]);
  });

  test('is told for each reference to it', async () => {
    process.env['TEST_REFRESH_TOKEN'] = 'refresh-1';
    const path = file('token', 'refresh-1\n');
    const {events} = await run((runtime) =>
      check(
        source,
        async () => ({
          credentials: {
            secret: 'hush-hush',
            refresh_token: `file:${path}`,
            extra: [true, null, 'env:TEST_REFRESH_TOKEN'],
          },
        }),
        runtime,
      ),
    );
    expect(sent(events)[0]).toEqual(changed('refresh-2'));
    expect(events.filter((event) => String(event).startsWith('The reference'))).toEqual([
      warning(`file:${path}`),
      warning('env:TEST_REFRESH_TOKEN'),
    ]);
  });
});
