// `headwater lint` as people run it: at the end of a pipe.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {text} from 'node:stream/consumers';
import {afterAll, describe, expect, test} from '@jest/globals';
import {COMPLETE, catalog, healthy, RUNNING, record, STARTED, state} from './testing/output.ts';

const HEADWATER = join(import.meta.dirname, '../../headwater/main.ts');

const folder = mkdtempSync(join(tmpdir(), 'headwater-lint-'));
afterAll(() => rmSync(folder, {recursive: true}));

const file = (name: string, value: unknown): string => {
  const path = join(folder, name);
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
  return path;
};

const CATALOG = file('catalog.json', catalog);

const lint = async (input: string, ...options: readonly string[]) => {
  const child = spawn(HEADWATER, ['lint', ...options], {stdio: 'pipe'});
  const ended = new Promise((resolve) => child.on('close', resolve));
  child.stdin.on('error', () => {});
  child.stdin.end(input);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return {status: await ended, stdout, stderr};
};

const lines = (of: readonly (string | undefined)[]): string =>
  of.map((line) => `${line}\n`).join('');

const wrong = [STARTED, RUNNING, record(1), state(1, 7), COMPLETE];

describe('headwater lint', () => {
  test('reports that nothing is wrong, and how much it read', async () => {
    expect(await lint(lines(healthy), '--catalog', CATALOG, '--exit-code', '0')).toEqual({
      status: 0,
      stdout: 'Nothing is wrong in 8 lines: 3 TRACE, 3 RECORD, 2 STATE.\n',
      stderr: '',
    });
  });

  test('reports what is wrong, where, and what to do, and exits with 1', async () => {
    const {status, stdout, stderr} = await lint(lines(wrong), '--catalog', CATALOG);
    expect({status, stderr}).toEqual({status: 1, stderr: ''});
    expect(stdout.split('\n')).toEqual([
      'Error, line 4, exact-counts: A STATE of users has recordCount 7, but 1 records came since the last one.',
      `    ${state(1, 7)}`,
      expect.stringMatching(/^ {4}→ Count the RECORD lines/),
      '1 error, 0 warnings in 5 lines: 3 TRACE, 1 RECORD, 1 STATE.',
      '',
    ]);
  });

  test('passes every byte through with --pass, and reports on stderr', async () => {
    const odd = `${lines(wrong)}not JSON \u2028 é\r\n\n{"type":`;
    const {status, stdout, stderr} = await lint(odd, '--pass', '--catalog', CATALOG);
    expect({status, stdout}).toEqual({status: 1, stdout: odd});
    expect(stderr).toContain('line 4, exact-counts');
    expect(stderr).toContain('The last line does not end with a newline.');
  });

  test('uses the exit code that its caller passes', async () => {
    const {status, stdout} = await lint(lines(healthy), '--catalog', CATALOG, '--exit-code', '1');
    expect(status).toBe(1);
    expect(stdout).toContain('exit-code: The exit code is 1, but every stream is COMPLETE.');
  });

  test('looks for the secrets that the spec marks', async () => {
    const config = file('config.json', {pin: 'a-secret-pin', user: 'joe-the-user'});
    const properties = {pin: {type: 'string', airbyte_secret: true}, user: {type: 'string'}};
    const message = {type: 'SPEC', spec: {connectionSpecification: {type: 'object', properties}}};
    const log = JSON.stringify({type: 'LOG', log: {level: 'INFO', message: 'hello'}});
    const spec = file('spec.jsonl', `${log}\n${JSON.stringify(message)}\n`);
    const leak = {type: 'LOG', log: {level: 'INFO', message: 'joe-the-user:a-secret-pin'}};
    const {status, stdout} = await lint(
      `${JSON.stringify(leak)}\n`,
      '--config',
      config,
      '--spec',
      spec,
    );
    expect(status).toBe(1);
    expect(stdout).toContain('no-secrets: A secret of the config is printed unencoded.');
    expect(stdout).not.toContain('a-secret-pin');
  });

  test('warns without failing', async () => {
    const {status, stdout} = await lint(
      lines([STARTED, RUNNING, record(1, {extra: 1}), state(1, 1), COMPLETE]),
      ...['--catalog', CATALOG, '--state', file('state.txt', '')],
    );
    expect(status).toBe(0);
    expect(stdout).toContain('Warning, line 3, undeclared-fields');
  });

  test('writes a report for programs', async () => {
    const json = join(folder, 'report.json');
    await lint(lines(wrong), '--catalog', CATALOG, '--json', json);
    expect(JSON.parse(readFileSync(json, 'utf8'))).toMatchObject({
      errors: 1,
      warnings: 0,
      counts: {TRACE: 3, RECORD: 1, STATE: 1},
      findings: [{invariant: 'exact-counts', severity: 'error', line: 4}],
    });
  });

  test.each([
    ['an unknown option', ['--what'], /unknown option '--what'/],
    [
      'a file that is not there',
      ['--catalog', '/no/such.json'],
      /--catalog \/no\/such\.json can't be read: ENOENT\./,
    ],
    [
      'a file that is not JSON',
      ['--config', file('not.json', 'secret=hidden')],
      /--config .*not\.json is not JSON\.\n$/,
    ],
    [
      'an empty config, whose secrets it could not look for',
      ['--config', file('empty.json', ' \n')],
      /--config .*empty\.json is empty: give the JSON that the connector got\.\n$/,
    ],
    [
      'a report that cannot be written',
      ['--json', '/no/such/report.json'],
      /--json \/no\/such\/report\.json can't be written: ENOENT\.\n$/,
    ],
    ['an exit code that is not a number', ['--exit-code', 'bad'], /whole number/],
    ['an extra argument', ['output.jsonl'], /too many arguments/],
  ])(
    'rejects %s with exit code 2, and prints nothing on stdout',
    async (_name, options, message) => {
      const {status, stdout, stderr} = await lint('', ...options);
      expect({status, stdout}).toEqual({status: 2, stdout: ''});
      expect(stderr).toMatch(message);
    },
  );
});

describe('output without an end', () => {
  /** Writes until the lint has printed what it must; returns the peak of its memory in MiB. */
  const feed = async (chunk: string | Buffer, expected: string): Promise<number> => {
    const child = spawn(HEADWATER, ['lint'], {stdio: 'pipe'});
    const ended = new Promise((resolve) => child.on('close', resolve));
    child.stdin.on('error', () => {});
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
    let sent = 0;
    while (sent < 200 * 1024 * 1024 || !printed.includes(expected)) {
      if (!child.stdin.write(chunk)) await once(child.stdin, 'drain');
      sent += chunk.length;
    }
    const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
    child.kill('SIGKILL');
    await ended;
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024;
  };

  test.each([
    ['of one line', 'x'.repeat(1024 * 1024), 'A line has more than 64 MiB.'],
    [
      'of lines with types of their own',
      `{"type":"${'x'.repeat(1_000_000)}"}\n`,
      'protocol-schema',
    ],
  ])('%s takes bounded memory, and is reported at once', async (_what, chunk, expected) => {
    expect(await feed(chunk, expected)).toBeLessThan(500);
  });
});
