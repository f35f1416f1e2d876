// The image, run as Airbyte and people run it. Needs a container engine for `docker`; without one every test is
// skipped, and one line says why.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {chmodSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {beforeAll, describe, expect, test} from '@jest/globals';
import {lastStates, recordsOf} from '../../cdk/testing/messages.ts';
import {parseMessages} from '../../cdk/testing/protocol.ts';
import packageJson from '../../package.json' with {type: 'json'};
import {configuredCatalog, HEADWATER, ROOT, runProgram, workspace} from '../e2e/run-program.ts';
import {printLine} from '../print-line.ts';
import {buildImage, container, docker, hasEngine, runImage} from './docker.ts';

const IMAGE = 'headwater/source-faker:dev';
const ENTRY = '/airbyte/integration_code/main.js';

const SECOND = 1_000;
const BUILD_LIMIT = 600 * SECOND;
const RUN_LIMIT = 60 * SECOND;
const LONG_RUN_LIMIT = 300 * SECOND;

type Message = ReturnType<typeof parseMessages>[number];

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

const run = (flags: readonly string[], ...command: readonly string[]) =>
  runImage(IMAGE, flags, command);

const shell = async (flags: readonly string[], script: string) => {
  await using it = container(IMAGE, ['--entrypoint', 'sh', ...flags], ['-c', script]);
  return await runProgram('docker', it.args);
};

const inspect = async () => JSON.parse((await docker('image', 'inspect', IMAGE)).stdout)[0];

const {folder, file} = workspace();
// Only its owner can read it by default; in the container another user reads it.
chmodSync(folder, 0o755);

/** The folder at which Airbyte's own tests mount them, too. */
const MOUNT = ['-v', `${folder}:/secrets:ro`];
const CONFIG = ['--config', '/secrets/config.json'];
const CATALOG = ['--catalog', '/secrets/catalog.json'];

/** A read whose output is taken piece by piece, each checked against the protocol. */
const startRead = (flags: readonly string[], config: string) => {
  const it = container(
    IMAGE,
    [...flags, ...MOUNT],
    ['read', '--config', `/secrets/${config}`, ...CATALOG],
  );
  const child = spawn('docker', it.args, {stdio: ['ignore', 'pipe', 'inherit']});
  const ended = once(child, 'close').then(([status]) => status);
  child.stdout.setEncoding('utf8');
  async function* pieces(pause: number) {
    let rest = '';
    for await (const chunk of child.stdout) {
      const lines = `${rest}${chunk}`;
      const end = lines.lastIndexOf('\n') + 1;
      rest = lines.slice(end);
      yield parseMessages(lines.slice(0, end));
      await delay(pause);
    }
    // A container that is killed, for its memory or its slowness, may stop within a line.
    if (rest !== '')
      throw new Error(`Ended by ${await ended} within a line: ${rest.slice(0, 100)}`);
  }
  return {...it, pieces, ended};
};

const counted = (messages: readonly Message[]): number =>
  messages.reduce((sum, {state}) => sum + (state?.sourceStats?.recordCount ?? 0), 0);

(hasEngine ? describe : describe.skip)('the image of source faker', () => {
  beforeAll(async () => {
    await buildImage('faker');
    file('config.json', {count: 2_000});
    file('catalog.json', configuredCatalog(['users', 'purchases']));
  }, BUILD_LIMIT);

  test(
    'is built and run as docs/deploying.md says',
    async () => {
      const page = readFileSync(join(ROOT, 'docs/deploying.md'), 'utf8');
      const [, block = ''] = /^```sh docker\n(.*?)^```$/ms.exec(page) ?? [];
      // The commands for other sources need an account.
      const commands = block.split('\n').filter((line) => line.includes('faker'));
      expect(commands.length).toBeGreaterThan(1);
      const {status, stdout} = await runProgram('/bin/sh', [
        '-ec',
        ['cd "$0"', ...commands].join('\n'),
        ROOT,
      ]);
      expect(status).toBe(0);
      expect(stdout).toContain('{"type":"SPEC"');
    },
    BUILD_LIMIT,
  );

  test('prints one SPEC on spec, without any volume', async () => {
    const {status, messages} = await run([], 'spec');
    expect(status).toBe(0);
    expect(messages.map(({type}) => type)).toEqual(['SPEC']);
  });

  test('prints a SPEC as Kubernetes runs it: by AIRBYTE_ENTRYPOINT, evaluated in a shell', async () => {
    const {status, stdout} = await shell([], 'eval "$AIRBYTE_ENTRYPOINT spec"');
    expect(status).toBe(0);
    expect(parseMessages(stdout).map(({type}) => type)).toEqual(['SPEC']);
  });

  test('checks a config', async () => {
    const {status, messages} = await run(MOUNT, 'check', ...CONFIG);
    expect(status).toBe(0);
    const [result] = messages.filter(({type}) => type === 'CONNECTION_STATUS');
    expect(result?.connectionStatus).toMatchObject({status: 'SUCCEEDED'});
  });

  test('discovers its streams', async () => {
    const {status, messages} = await run(MOUNT, 'discover', ...CONFIG);
    expect(status).toBe(0);
    const [result] = messages.filter(({type}) => type === 'CATALOG');
    expect(result?.catalog?.streams.map(({name}) => name)).toEqual([
      'users',
      'products',
      'purchases',
    ]);
  });

  test('reads, and from a state only new records', async () => {
    const first = await run(MOUNT, 'read', ...CONFIG, ...CATALOG);
    expect(first.status).toBe(0);
    expect(recordsOf(first.messages, 'users')).toHaveLength(2_000);
    expect(recordsOf(first.messages, 'purchases')).toHaveLength(2_000);

    file('state.json', lastStates(first.messages));
    file('more.json', {count: 2_500});
    const second = await run(
      MOUNT,
      ...['read', '--config', '/secrets/more.json', ...CATALOG, '--state', '/secrets/state.json'],
    );
    expect(second.status).toBe(0);
    expect(recordsOf(second.messages, 'users').map(({id}) => id)).toEqual(
      Array.from({length: 500}, (_, index) => 2_001 + index),
    );
  });

  test('starts worker threads from its one file', async () => {
    file('threads.json', {count: 5_000, parallelism: 2});
    const {status, messages} = await run(
      MOUNT,
      ...['read', '--config', '/secrets/threads.json', ...CATALOG],
    );
    expect(status).toBe(0);
    expect(recordsOf(messages, 'users')).toHaveLength(5_000);
  });

  test('needs no privileges: runs as user 1000 with no capabilities and a config it can only read', async () => {
    const locked = ['--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', ...MOUNT];
    const {stdout} = await shell(locked, 'id -u; id -g; touch /secrets/config.json 2>&1 || true');
    expect(stdout).toMatch(/^1000\n1000\ntouch: .*\n$/);
    const {status, messages} = await run(locked, 'check', ...CONFIG);
    expect(status).toBe(0);
    expect(messages.some(({type}) => type === 'CONNECTION_STATUS')).toBe(true);
  });

  test('has the labels of metadata.yaml', async () => {
    const {Config: config} = await inspect();
    expect(config.Labels).toMatchObject({
      'io.airbyte.name': 'headwater/source-faker',
      'io.airbyte.version': packageJson.version,
    });
    expect(config.Entrypoint).toEqual(['node', ENTRY]);
    expect(config.Env).toContain(`AIRBYTE_ENTRYPOINT=${config.Entrypoint.join(' ')}`);
    expect(config.WorkingDir).toBe('/airbyte/integration_code');
  });

  test('holds one program with its licenses and SBOM, and its code compiled by V8, owned by user 1000', async () => {
    const {stdout} = await shell(
      [],
      'find /airbyte -type f | sort; stat -c %u:%g /airbyte /airbyte/*',
    );
    const beside = ['THIRD-PARTY-LICENSES.txt', 'main.js', 'sbom.cdx.json'];
    const files = beside.map((name) => `/airbyte/integration_code/${name}\n`).join('');
    expect(stdout.replace(/^\/airbyte\/compiled\/\S+$/gm, 'compiled')).toBe(
      `compiled\n${files}1000:1000\n1000:1000\n1000:1000\n`,
    );
    const {stdout: size} = await shell([], `wc -c < ${ENTRY}`);
    const {Size: total} = await inspect();
    printLine(
      `Image ${IMAGE}: ${megabytes(total)}, of which its bundle: ${megabytes(Number(size))}.`,
    );
  });

  test('starts from the code that V8 compiled at build time', async () => {
    const {stdout} = await shell([], 'NODE_DEBUG_NATIVE=COMPILE_CACHE node main.js spec 2>&1');
    expect(stdout).toMatch(/code cache for ESM file:\/\/\/\S+\/main\.js was accepted/);
  });

  test(
    'holds the cloud clients that its build names, and no others',
    async () => {
      const image = 'headwater/source-faker:clients';
      const build = await runProgram(HEADWATER, [
        ...['image', 'faker', '--tag', 'clients'],
        ...['--client', '@aws-sdk/client-secrets-manager'],
      ]);
      expect(build.status).toBe(0);
      file('referring.json', {seed: 'aws-sm:prod/seed'});
      const check = ['check', '--config', '/secrets/referring.json'];
      const [without, beside] = [await run(MOUNT, ...check), await runImage(image, MOUNT, check)];
      const outputs = [without, beside].map(({messages}) =>
        messages.flatMap(({connectionStatus}) => connectionStatus?.message ?? []),
      );
      expect(outputs).toEqual([
        [expect.stringContaining('npm install @aws-sdk/client-secrets-manager')],
        [expect.stringContaining('there is no AWS region: set AWS_REGION')],
      ]);
      await docker('rmi', image);
    },
    BUILD_LIMIT,
  );

  test.each([
    // Docker's own default; Podman does not wait by default.
    ['docker stop', (name: string) => docker('stop', '-t', '10', name)],
    ['docker kill -s TERM', (name: string) => docker('kill', '-s', 'TERM', name)],
  ])(
    'saves its state and ends with 143 on %s, although it is process 1',
    async (_, stop) => {
      file('endless.json', {count: 100_000_000});
      await using read = startRead([], 'endless.json');
      let stopped: Promise<unknown> | undefined;
      let toldAt = 0;
      const messages: Message[] = [];
      for await (const piece of read.pieces(0)) {
        messages.push(...piece);
        if (stopped === undefined && recordsOf(messages, 'users').length > 5_000) {
          toldAt = Date.now();
          stopped = stop(read.name);
        }
      }
      expect(await read.ended).toBe(143);
      // A container that still runs ten seconds after a stop is killed.
      expect(Date.now() - toldAt).toBeLessThan(8 * SECOND);
      await stopped;
      const data = messages.filter(({type}) => type === 'RECORD' || type === 'STATE');
      expect(data.at(-1)?.type).toBe('STATE');
      expect(counted(messages)).toBe(data.filter(({type}) => type === 'RECORD').length);
    },
    RUN_LIMIT,
  );

  test('limits V8 to less than the memory of its container', async () => {
    const limit = await shell(
      ['--memory', '200m'],
      `node -p 'v8.getHeapStatistics().heap_size_limit >> 20'`,
    );
    expect(Number(limit.stdout)).toBeGreaterThan(100);
    expect(Number(limit.stdout)).toBeLessThan(190);
  });

  test(
    'reads 200,000 users in 200 MB for a slower reader',
    async () => {
      file('many.json', {count: 200_000});
      await using read = startRead(['--memory', '200m', '--memory-swap', '200m'], 'many.json');
      let records = 0;
      let states = 0;
      for await (const piece of read.pieces(2)) {
        records += piece.filter(({type}) => type === 'RECORD').length;
        states += counted(piece);
      }
      expect(await read.ended).toBe(0);
      expect({records, states}).toEqual({records: 400_000, states: 400_000});
    },
    LONG_RUN_LIMIT,
  );
});
