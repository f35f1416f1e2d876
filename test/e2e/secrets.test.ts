// No program prints a secret, whatever its author or the API does with it. The scan after all tests looks for every form of
// it; these tests compare the output with the mask.
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import nock from 'nock';
import {secret} from '../../cdk/testing/secrets.ts';
import {github} from '../../sources/github/index.ts';
import {type ApiServer, serveApi} from '../http/api-server.ts';
import {performSource} from './perform.ts';
import {configuredCatalog, ODD, runSource, workspace} from './run-program.ts';

const {file} = workspace();
const catalog = file('catalog.json', configuredCatalog(['items', 'issues']));
let configs = 0;
const config = (content: object): string => {
  configs += 1;
  return file(`config-${configs}.json`, content);
};

type Messages = Awaited<ReturnType<typeof runSource>>['messages'];

/** The messages of logs and errors, without stack traces. */
const wordsOf = (messages: Messages) =>
  messages.flatMap(({log, trace}) => {
    if (log) return [`${log.level} ${log.message}`];
    return trace?.error ? [trace.error.message, trace.error.internal_message] : [];
  });

const tracesOf = (messages: Messages): readonly string[] =>
  messages.flatMap(({log, trace}) => log?.stack_trace ?? trace?.error?.stack_trace ?? []);

const odd = (command: string, behaviour: string, token: string) =>
  runSource(ODD, [
    ...[command, '--config', config({behaviour, token}), '--debug'],
    ...(command === 'read' ? ['--catalog', catalog] : []),
  ]);

const KEY = [1, 2, 3].map((line) => secret(`line ${line} of a key`)).join('\n');

describe('a secret', () => {
  test('of one line is masked in all that a source prints', async () => {
    const {messages} = await odd('check', 'prints its token in every way', secret('printed'));
    expect(wordsOf(messages)).toEqual([
      'INFO unchanged ****',
      "INFO { in: 'an object', token: '****' }",
      'WARN {"token":"****"}',
      'ERROR in an error ****',
      expect.stringMatching(/^DEBUG Basic bWU6?.{0,2}\*{4}.{0,4}$/),
      'TRACE ****',
      'INFO token=****',
      'INFO line by line ****',
      expect.stringMatching(/^DEBUG Warning: in a warning \*{4}\n/),
    ]);
  });

  test('of many lines is masked as a whole and line by line', async () => {
    const {messages} = await odd('check', 'prints its token in every way', KEY);
    const lines = wordsOf(messages).filter((words) => words?.startsWith('INFO'));
    expect(lines).toEqual([
      'INFO unchanged ****',
      expect.stringMatching(/^INFO \{\n {2}in: 'an object',\n {2}token: '\*{4}\\n' \+\n/),
      'INFO token=****',
      'INFO line by line ****',
      'INFO line by line ****',
      'INFO line by line ****',
    ]);
  });

  test.each([
    ['throws its token', 'refused ****'],
    ['throws its token where nobody catches', 'lost in a timer: ****'],
    ['forgets to catch its token', 'lost in a promise: ****'],
  ])(
    'is masked in the error of a source that %s, its causes and stack traces',
    async (behaviour, cause) => {
      for (const token of [secret('thrown'), KEY]) {
        const {messages, stderr} = await odd('check', behaviour, token);
        const words = `The source stopped on an unexpected error: ${cause}. This is a fault in its code: report it with the stack trace.`;
        expect(wordsOf(messages).slice(-2)).toEqual([words, `Error: ${cause}`]);
        for (const trace of tracesOf(messages)) expect(trace).toContain(`Error: ${cause}\n`);
        expect(stderr).toBe('');
      }
    },
  );

  test('is masked in the error of a stream', async () => {
    const {messages} = await odd('read', 'throws its token', secret('thrown'));
    const [trace] = tracesOf(messages);
    expect(trace).toContain('Error: refused ****\n');
    expect(trace).toContain('\nCaused by: TypeError: caused by ****\n');
  });
});

describe('an API that repeats the token', () => {
  const token = secret('repeated');
  let api: ApiServer;
  let answer: {status: number; type: string; body: string};
  beforeAll(async () => {
    nock.enableNetConnect('127.0.0.1');
    api = await serveApi((_request, response) => {
      response.writeHead(answer.status, {'content-type': answer.type}).end(answer.body);
    });
  });
  afterAll(() => api.close());

  const check = async (status: number, body: string, type = 'application/json') => {
    answer = {status, type, body};
    const settings = {token, repositories: ['octocat/hello-world'], api_url: api.url};
    const {messages} = await performSource(github, [
      'check',
      '--config',
      config(settings),
      '--debug',
    ]);
    return messages.flatMap(({log, trace, connectionStatus}) =>
      [log, trace?.error, connectionStatus].flatMap((said) => said?.message ?? []),
    );
  };
  const base64 = Buffer.from(`me:${token}`).toString('base64');

  test.each([
    ['unchanged', `bad token ${token} here`, 'text/plain', 'bad token **** here'],
    [
      'in the message of its JSON',
      JSON.stringify({message: `bad ${token}`}),
      undefined,
      'bad ****',
    ],
    ['in other JSON', JSON.stringify({token}), undefined, '{"token":"****"}'],
    ['in a URL', `/?token=${encodeURIComponent(token)}`, 'text/plain', '/?token=****'],
    [
      'at the end of what is quoted',
      `${'x'.repeat(290)}${token}`,
      'text/plain',
      `${'x'.repeat(290)}****…`,
    ],
  ])('%s has it masked', async (_how, body, type, quoted) => {
    expect((await check(400, body, type)).at(-1)).toContain(`answered 400: ${quoted}.`);
  });

  test('in base64 has it masked', async () => {
    expect((await check(400, base64, 'text/plain')).at(-1)).toMatch(
      /answered 400: bWU6?.{0,2}\*{4}/,
    );
  });

  test('in a response that is not JSON is not quoted', async () => {
    answer = {status: 200, type: 'text/plain', body: token};
    const settings = {token, repositories: ['octocat/hello-world'], api_url: api.url};
    const {stdout} = await performSource(github, [
      'check',
      '--config',
      config(settings),
      '--debug',
    ]);
    expect(stdout).toContain('answered with something that is not JSON');
    expect(stdout).toContain('Caused by: SyntaxError: Unexpected token');
    expect(stdout).not.toContain(token.slice(0, 6));
  });
});
