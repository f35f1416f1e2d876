import {spawnSync} from 'node:child_process';
import {mkdirSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from '@jest/globals';
import {workspace} from '../../test/e2e/run-program.ts';
import {resolveHere} from '../../test/resolve-here.ts';
import {virtualClock} from '../testing/virtual-clock.ts';

const {folder, file} = workspace();

/** A stand-in for AWS's package with these secrets, which records its calls. */
const awsWith = (secretOf: (name: string) => unknown) => {
  const events: string[] = [];
  const SecretsManager = class {
    getSecretValue = async ({SecretId}: {SecretId: string}) => {
      events.push(`fetch ${SecretId}`);
      return {SecretString: await secretOf(SecretId)};
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
  test('are resolved at any depth, and nothing else is changed', async () => {
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
        // The value of a reference is not resolved again.
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

  test('to one secret fetch it once, load its package once, and close its client at the end', async () => {
    const aws = awsWith(
      () => '{"user": "alice", "db": {"port": 5432}, "a.b": "dotted", "on": true}',
    );
    const {config, secrets} = await resolveHere(
      {
        user: 'aws-sm:db#user',
        port: ['aws-sm:db#db.port', 'aws-sm:db#user'],
        dotted: 'aws-sm:db#a.b',
        on: 'aws-sm:db#on',
        secret: 'aws-sm:db',
      },
      {load: aws.load},
    );
    const secret = '{"user": "alice", "db": {"port": 5432}, "a.b": "dotted", "on": true}';
    expect(config).toEqual({
      user: 'alice',
      port: [5432, 'alice'],
      dotted: 'dotted',
      on: true,
      secret,
    });
    expect(secrets).toEqual(['alice', '5432', 'dotted', secret]);
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

  test('are absent: nothing is loaded', async () => {
    const config = {token: 'x', list: [1]};
    const load = () => Promise.reject(new Error('loaded'));
    const resolved = await resolveHere(config, {load});
    expect(resolved).toEqual({config, secrets: [], logs: []});
    expect(resolved.config).toBe(config);
  });

  test('are malformed: a warning names the right form, but not the value', async () => {
    const {config, logs} = await resolveHere(['env:my_token', 'env:other', 'vault:hush/hush']);
    expect(config).toEqual(['env:my_token', 'env:other', 'vault:hush/hush']);
    expect(logs).toEqual([
      'WARN A value in the config begins like a reference to a secret, but is not one: a reference looks like env:NAME, in capitals. The value is used unchanged.',
      'WARN A value in the config begins like a reference to a secret, but is not one: a reference looks like vault:<mount>/<path>#<key>. The value is used unchanged.',
    ]);
  });
});

describe('a reference that cannot be resolved', () => {
  const unresolved = async (text: string, more: Parameters<typeof resolveHere>[1] = {}) => {
    const {error} = await resolveHere({a: text}, more);
    return error?.replace(`The reference ${text} can't be resolved: `, '');
  };

  test('is reported with all others, as a config error if the user can fix one of them', async () => {
    const aws = awsWith(() =>
      Promise.reject(Object.assign(new Error('gone'), {code: 'ECONNRESET'})),
    );
    const {error} = await resolveHere(['env:A', 'aws-sm:x', 'env:B'], {load: aws.load});
    expect(error).toBe(
      "config_error: The reference env:A can't be resolved: the environment variable A is not set: set it where the source runs. " +
        "The reference env:B can't be resolved: the environment variable B is not set: set it where the source runs. " +
        "The reference aws-sm:x can't be resolved: the request to AWS failed: gone.",
    );
    expect(await unresolved('aws-sm:x', {load: aws.load})).toBe(
      'transient_error: the request to AWS failed: gone.',
    );
  });

  test('fails because it is empty', async () => {
    expect(await unresolved('env:A', {env: {A: ''}})).toBe('config_error: it is empty.');
    expect(await unresolved(`file:${file('empty', '\n')}`)).toBe('config_error: it is empty.');
  });

  test.each([
    ['{"a": {"b": 1}}', '#c', 'the secret has no key c'],
    ['{"a": {"b": 1}}', '#a.c', 'the secret has no key a.c'],
    [
      '{"a": {"b": 1}}',
      '#a',
      'the value of the key a is an object, not a string, a number or a boolean',
    ],
    ['{"a": null}', '#a', 'the value of the key a is null, not a string, a number or a boolean'],
    ['"hush"', '#a', 'the secret has no key a'],
    ['hush-hush', '#a', 'the secret is not JSON, so it has no fields: leave out the # and the key'],
    ['{"a": ""}', '#a', 'it is empty'],
  ])(
    'fails because %s has no field %s, without a word of the secret',
    async (secret, key, reason) => {
      const aws = awsWith(() => secret);
      expect(await unresolved(`aws-sm:x${key}`, {load: aws.load})).toBe(`config_error: ${reason}.`);
    },
  );

  test('is given up after 20 seconds if the store does not respond', async () => {
    const aws = awsWith(() => new Promise(() => {}));
    const clock = virtualClock();
    expect(await unresolved('aws-sm:x', {load: aws.load, sleep: clock.sleep})).toBe(
      'transient_error: no response within 20 s.',
    );
    expect(clock.waits[0]).toBe(20_000);
  });

  test('fails with the reason of the abort if the run is stopped', async () => {
    const stop = new AbortController();
    const aws = awsWith(() => {
      stop.abort(new Error('stopped'));
      return new Promise(() => {});
    });
    const {error} = await resolveHere('aws-sm:x', {load: aws.load, signal: stop.signal});
    expect(error).toBe('system_error: stopped');
  });

  test('fails with the command to install its package if that is missing', async () => {
    expect(await unresolved('gcp-sm:projects/p/secrets/s')).toBe(
      'config_error: its package is not installed: run `npm install @google-cloud/secret-manager` next to the program, or add it to the image as in docs/secrets.md.',
    );
  });
});

describe('a file', () => {
  const fileAt = (name: string) => resolveHere(`file:${join(folder, name)}`);

  test.each([
    ['one newline', 'hush\n', 'hush'],
    ['a Windows newline', 'hush\r\n', 'hush'],
    ['two newlines', 'hush\n\n', 'hush\n'],
    ['spaces and no newline', ' hush ', ' hush '],
    ['lines', 'a\nb\n', 'a\nb'],
  ])('with %s is read without its last newline', async (_, content, value) => {
    file('plain', content);
    expect(await fileAt('plain')).toEqual({config: value, secrets: [value], logs: []});
  });

  test('may be a link, as Kubernetes mounts them', async () => {
    file('target', 'hush');
    symlinkSync(join(folder, 'target'), join(folder, 'link'));
    expect((await fileAt('link')).config).toBe('hush');
  });

  test('that is missing, not a file or not text fails with its path', async () => {
    mkdirSync(join(folder, 'directory'));
    writeFileSync(join(folder, 'binary'), Buffer.from([0xff, 0xfe, 0x00]));
    writeFileSync(join(folder, 'large'), Buffer.alloc(1024 ** 2 + 1));
    spawnSync('mkfifo', [join(folder, 'pipe')]);
    const names = ['missing', 'plain/below', 'directory', 'pipe', 'binary', 'large'];
    const errors = await Promise.all(names.map(async (name) => (await fileAt(name)).error));
    const failure = (name: string, reason: string) =>
      `config_error: The reference file:${join(folder, name)} can't be resolved: ${reason}.`;
    expect(errors).toEqual([
      failure('missing', 'there is no such file: mount it where the source runs'),
      failure('plain/below', 'there is no such file: a part of its path is not a directory'),
      failure('directory', 'it is not a file'),
      failure('pipe', 'it is not a file'),
      failure('binary', 'it is binary, not text in UTF-8'),
      failure('large', 'the file has 1048577 bytes, which is too large for a secret'),
    ]);
  });
});
