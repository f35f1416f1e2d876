import {spawnSync} from 'node:child_process';
import {mkdirSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from '@jest/globals';
import {workspace} from '../../test/e2e/run-program.ts';
import {virtualClock} from '../testing/virtual-clock.ts';
import {resolveHere} from './resolve-here.ts';

const {folder, file} = workspace();

/** A package of AWS's shape, that keeps these secrets and notes what is asked of it. */
const awsWith = (answer: (name: string) => unknown) => {
  const events: string[] = [];
  const SecretsManager = class {
    getSecretValue = async ({SecretId}: {SecretId: string}) => {
      events.push(`fetch ${SecretId}`);
      return {SecretString: await answer(SecretId)};
    };
    destroy = () => void events.push('close');
  };
  const load = async <T>(name: string): Promise<T> => {
    events.push(`load ${name}`);
    return Object({SecretsManager});
  };
  return {events, load};
};

describe('the references of a config', () => {
  test('are resolved wherever they stand, and nothing else is changed', async () => {
    const path = file('token', 'from a file\n');
    const config = {
      token: 'env:TOKEN',
      nested: {list: ['a', `file:${path}`, ['env:TOKEN', {deep: 'env:OTHER'}]], n: 1, no: null},
      'env:TOKEN': true,
    };
    const before = structuredClone(config);
    const env = {TOKEN: 'from the environment', OTHER: 'env:TOKEN'};
    expect(await resolveHere(config, {env})).toEqual({
      config: {
        token: 'from the environment',
        // What a reference stands for is not resolved again.
        nested: {
          list: ['a', 'from a file', ['from the environment', {deep: 'env:TOKEN'}]],
          n: 1,
          no: null,
        },
        'env:TOKEN': true,
      },
      secrets: ['from a file'],
      logs: [],
    });
    expect(config).toEqual(before);
  });

  test('to one secret fetch it once, and its package is loaded once; all is closed at the end', async () => {
    const aws = awsWith(
      () => '{"user": "alice", "db": {"port": 5432}, "a.b": "dotted", "on": true}',
    );
    const {config, secrets} = await resolveHere(
      {
        user: 'aws-sm:db#user',
        port: ['aws-sm:db#db.port', 'aws-sm:db#user'],
        dotted: 'aws-sm:db#a.b',
        on: 'aws-sm:db#on',
        whole: 'aws-sm:db',
      },
      {load: aws.load},
    );
    const whole = '{"user": "alice", "db": {"port": 5432}, "a.b": "dotted", "on": true}';
    expect(config).toEqual({
      user: 'alice',
      port: [5432, 'alice'],
      dotted: 'dotted',
      on: true,
      whole,
    });
    expect(secrets).toEqual(['alice', '5432', 'dotted', whole]);
    expect(aws.events).toEqual(['load @aws-sdk/client-secrets-manager', 'fetch db', 'close']);
  });

  test('are fetched at most four at a time', async () => {
    let [running, most] = [0, 0];
    const aws = awsWith(async (name) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return name;
    });
    const names = Array.from({length: 20}, (_, index) => `s${index}`);
    const {config} = await resolveHere(
      names.map((name) => `aws-sm:${name}`),
      {load: aws.load},
    );
    expect([config, most]).toEqual([names, 4]);
  });

  test('need nothing where there are none', async () => {
    const config = {token: 'x', list: [1]};
    const load = () => Promise.reject(new Error('loaded'));
    const resolved = await resolveHere(config, {load});
    expect(resolved).toEqual({config, secrets: [], logs: []});
    expect(resolved.config).toBe(config);
  });

  test('that look like one, but are none, are warned about without the value', async () => {
    const {config, logs} = await resolveHere(['env:my_token', 'env:other', 'vault:hush/hush']);
    expect(config).toEqual(['env:my_token', 'env:other', 'vault:hush/hush']);
    expect(logs).toEqual([
      'WARN The config has a value that begins like a reference to a secret, but is none: that would look like env:NAME, in capitals. It is used as it is.',
      'WARN The config has a value that begins like a reference to a secret, but is none: that would look like vault:<mount>/<path>#<key>. It is used as it is.',
    ]);
  });
});

describe('a reference that can not be resolved', () => {
  const unresolved = async (text: string, more: Parameters<typeof resolveHere>[1] = {}) => {
    const {error} = await resolveHere({a: text}, more);
    return error?.replace(`The reference ${text} can't be resolved: `, '');
  };

  test('is told with all others, and what the user can mend comes first', async () => {
    const aws = awsWith(() =>
      Promise.reject(Object.assign(new Error('gone'), {code: 'ECONNRESET'})),
    );
    const {error} = await resolveHere(['env:A', 'aws-sm:x', 'env:B'], {load: aws.load});
    expect(error).toBe(
      "config_error: The reference env:A can't be resolved: there is no environment variable A: set it where the source runs. " +
        "The reference env:B can't be resolved: there is no environment variable B: set it where the source runs. " +
        "The reference aws-sm:x can't be resolved: AWS could not be asked: gone.",
    );
    expect(await unresolved('aws-sm:x', {load: aws.load})).toBe(
      'transient_error: AWS could not be asked: gone.',
    );
  });

  test('because it is empty says so', async () => {
    expect(await unresolved('env:A', {env: {A: ''}})).toBe('config_error: it is empty.');
    expect(await unresolved(`file:${file('empty', '\n')}`)).toBe('config_error: it is empty.');
  });

  test.each([
    ['{"a": {"b": 1}}', '#c', 'the secret has no key c'],
    ['{"a": {"b": 1}}', '#a.c', 'the secret has no key a.c'],
    [
      '{"a": {"b": 1}}',
      '#a',
      'what the key a leads to is an object, and not a text, a number or a boolean',
    ],
    ['{"a": null}', '#a', 'what the key a leads to is null, and not a text, a number or a boolean'],
    ['"hush"', '#a', 'the secret has no key a'],
    ['hush-hush', '#a', 'the secret is no JSON, so it has no fields: leave out the # and the key'],
    ['{"a": ""}', '#a', 'it is empty'],
  ])(
    'because %s has no such field %s says so, and nothing of the secret',
    async (secret, key, reason) => {
      const aws = awsWith(() => secret);
      expect(await unresolved(`aws-sm:x${key}`, {load: aws.load})).toBe(`config_error: ${reason}.`);
    },
  );

  test('because nothing answers is given up after a while', async () => {
    const aws = awsWith(() => new Promise(() => {}));
    const clock = virtualClock();
    expect(await unresolved('aws-sm:x', {load: aws.load, sleep: clock.sleep})).toBe(
      'transient_error: no answer came within 20 s.',
    );
    expect(clock.waits[0]).toBe(20_000);
  });

  test('because the run was stopped ends with that', async () => {
    const stop = new AbortController();
    const aws = awsWith(() => {
      stop.abort(new Error('stopped'));
      return new Promise(() => {});
    });
    const {error} = await resolveHere('aws-sm:x', {load: aws.load, signal: stop.signal});
    expect(error).toBe('system_error: stopped');
  });

  test('because its package is not installed says how to get it', async () => {
    expect(await unresolved('gcp-sm:projects/p/secrets/s')).toBe(
      'config_error: the package it needs is not installed: npm install @google-cloud/secret-manager, beside the program; docs/secrets.md says how an image gets it.',
    );
  });
});

describe('a file', () => {
  const fileAt = (name: string) => resolveHere(`file:${join(folder, name)}`);

  test.each([
    ['one newline', 'hush\n', 'hush'],
    ['a newline of Windows', 'hush\r\n', 'hush'],
    ['two newlines', 'hush\n\n', 'hush\n'],
    ['none, and spaces', ' hush ', ' hush '],
    ['lines', 'a\nb\n', 'a\nb'],
  ])('with %s is taken without its last newline', async (_, content, value) => {
    file('plain', content);
    expect(await fileAt('plain')).toEqual({config: value, secrets: [value], logs: []});
  });

  test('may be a link, as Kubernetes mounts them', async () => {
    file('target', 'hush');
    symlinkSync(join(folder, 'target'), join(folder, 'link'));
    expect((await fileAt('link')).config).toBe('hush');
  });

  test('that is none, or not readable as one, is an error that names it', async () => {
    mkdirSync(join(folder, 'directory'));
    writeFileSync(join(folder, 'binary'), Buffer.from([0xff, 0xfe, 0x00]));
    writeFileSync(join(folder, 'large'), Buffer.alloc(1024 ** 2 + 1));
    spawnSync('mkfifo', [join(folder, 'pipe')]);
    const names = ['missing', 'plain/below', 'directory', 'pipe', 'binary', 'large'];
    const errors = await Promise.all(names.map(async (name) => (await fileAt(name)).error));
    const told = (name: string, reason: string) =>
      `config_error: The reference file:${join(folder, name)} can't be resolved: ${reason}.`;
    expect(errors).toEqual([
      told('missing', 'there is no such file: mount it where the source runs'),
      told('plain/below', 'there is no such file: a part of its path is no directory'),
      told('directory', 'it is no file'),
      told('pipe', 'it is no file'),
      told('binary', 'the file is no text in UTF-8'),
      told('large', 'the file has 1048577 bytes, which is no secret'),
    ]);
  });
});
