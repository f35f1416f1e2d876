// Stripe's lists, from stripe-mock, which rejects unknown parameters with Stripe's own messages.
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from '@jest/globals';
import {errorsIn, lastStates, recordsOf} from '../../cdk/testing/messages.ts';
import {configuredCatalog, ROOT, runSource, workspace} from '../e2e/run-program.ts';
import {describeWith} from './servers.ts';
import {startStripeMock} from './stripe-mock.ts';

const STRIPE = join(ROOT, 'test/programs/stripe/main.ts');
const KEY = 'sk_test_0123456789';
const CREATED = 1_234_567_890;

const {file} = workspace();

describeWith('stripe-mock')("Stripe's lists", () => {
  let server: Awaited<ReturnType<typeof startStripeMock>>;
  beforeAll(async () => {
    server = await startStripeMock();
  }, 90_000);
  afterAll(() => server?.close());

  const run = async (command: string, config: object, files: readonly string[] = []) => {
    const path = file('config.json', {api_url: server.url, secret_key: KEY, ...config});
    const ended = await runSource(STRIPE, [command, '--config', path, ...files]);
    return {...ended, requests: await server.requests()};
  };

  const read = (streams: readonly string[], config: object = {}, state: unknown = []) => {
    const catalog = file('catalog.json', configuredCatalog(streams));
    return run('read', config, ['--catalog', catalog, '--state', file('state.json', state)]);
  };

  test.each([['bearer'], ['basic']])(
    'accept a key by %s',
    async (by) => {
      const {messages} = await run('check', {by});
      expect(messages).toEqual([
        {type: 'CONNECTION_STATUS', connectionStatus: {status: 'SUCCEEDED'}},
      ]);
    },
    30_000,
  );

  test('are all requested by the contract, with lists and brackets in the query, and end at has_more: false', async () => {
    const requested = {
      balance_transactions: 'created:map[gte:1577836800] limit:100',
      charges: 'created:map[gte:1577836800] expand:[data.customer data.invoice] limit:100',
      customers: 'created:map[gte:1577836800] limit:100',
      events: 'created:map[gte:1577836800] limit:100 types:[customer.created customer.updated]',
      invoices: 'created:map[gte:1577836800] expand:[data.subscription] limit:100 status:paid',
      prices: 'active:true created:map[gte:1577836800] limit:100',
      refunds: 'created:map[gte:1577836800] limit:100',
      subscriptions: 'created:map[gte:1577836800] limit:100 status:all',
    };
    const streams = Object.keys(requested);
    const {messages, status, requests} = await read(streams);
    expect({errors: errorsIn(messages), status}).toEqual({errors: [], status: 0});
    expect([...requests].sort()).toEqual(
      Object.entries(requested).map(([name, query]) => `/v1/${name} ${query}`),
    );
    for (const name of streams) {
      expect(recordsOf(messages, name)).toEqual([
        expect.objectContaining({id: expect.any(String), created: CREATED}),
      ]);
    }
    const [charge] = recordsOf(messages, 'charges');
    expect(charge?.['customer']).toMatchObject({object: 'customer'});
  }, 30_000);

  test('resume from the last state, which an older record does not move back', async () => {
    const state = {
      type: 'STREAM',
      stream: {
        stream_descriptor: {name: 'customers'},
        stream_state: {created: 1_700_000_000},
      },
    };
    const {messages, requests, status} = await read(['customers'], {}, [state]);
    expect(status).toBe(0);
    expect(requests).toEqual(['/v1/customers created:map[gte:1700000000] limit:100']);
    expect(lastStates(messages)).toEqual([{...state, sourceStats: {recordCount: 1}}]);
  }, 30_000);

  test('that always send the same page, whatever the start, end with an error', async () => {
    const {messages, requests, status} = await read(['customers'], {has_more: false});
    const [customer] = recordsOf(messages, 'customers');
    expect(errorsIn(messages)[0]).toBe(
      `customers system_error: GET ${server.url}/v1/customers: the server sent the same page again (page 2, 1 records). ` +
        'It may not know the parameter that `next` sets: check its name. The records up to here were read.',
    );
    expect(requests).toEqual([
      '/v1/customers created:map[gte:1577836800] limit:100',
      `/v1/customers created:map[gte:1577836800] limit:100 starting_after:${customer?.['id']}`,
    ]);
    expect(status).toBe(1);
  }, 30_000);

  test.each([
    ['does not declare', {per_page: '5'}, 'additional properties are not allowed'],
    [
      'declares otherwise',
      {limit: 'many'},
      "object property 'limit' validation failed: value is not numeric",
    ],
  ])(
    'reject a parameter that Stripe %s, with its own message',
    async (_how, query, words) => {
      const {messages, requests} = await read(['customers'], {query});
      const [error = ''] = errorsIn(messages);
      expect(error.replace(/validator 0x\w+/, 'validator')).toBe(
        `customers system_error: GET ${server.url}/v1/customers answered 400: Request validation error: validator failed: ${words}.`,
      );
      expect(requests).toHaveLength(1);
    },
    30_000,
  );

  test('reject a malformed key, which is masked in their message', async () => {
    const {messages, stdout} = await run('check', {secret_key: 'mistyped-key'});
    expect(messages).toEqual([
      {
        type: 'CONNECTION_STATUS',
        connectionStatus: {
          status: 'FAILED',
          message:
            `GET ${server.url}/v1/customers answered 401: Please authenticate by specifying an \`Authorization\` header with any valid looking ` +
            "testmode secret API key. For example, `Authorization: Bearer sk_test_123`. Authorization was 'Bearer ****'. The API does not " +
            'accept these credentials: check them in the config. They may be mistyped, expired or revoked.',
        },
      },
    ]);
    expect(stdout).not.toContain('mistyped-key');
  }, 30_000);
});
