// `headwater test` on a small connector that is healthy or has one fault.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {text} from 'node:stream/consumers';
import {setTimeout as delay} from 'node:timers/promises';
import {describe, expect, jest, test} from '@jest/globals';
import {said} from '../cdk/testing/secrets.ts';
import {runCommandLine} from '../process/command-line.ts';
import {ROOT, runProgram, workspace} from '../test/e2e/run-program.ts';
import {healthyCatalog} from './broken/data.ts';
import {addTestCommand} from './test-command.ts';

jest.setTimeout(120_000);

const BROKEN = join(ROOT, 'acceptance-tests/broken');
const CONFIG = join(BROKEN, 'healthy/acceptance-test-config.yml');
const {folder, file} = workspace();

const exec = (fault: string): string =>
  `'${process.execPath}' '${join(BROKEN, 'connector.ts')}' '${fault}'`;

const HEADWATER = join(ROOT, 'headwater/main.ts');

/** `headwater test` in this process: starting the program takes half a second. */
const headwaterTest = async (...args: readonly string[]) => {
  const printed = {stdout: '', stderr: ''};
  const argv = [process.execPath, HEADWATER, 'test', ...args];
  const define: Parameters<typeof runCommandLine>[1] = (program, act, output) =>
    addTestCommand(program, act, output, async () => 0);
  const status = await runCommandLine('headwater', define, argv, {
    out: (text) => {
      printed.stdout += text;
    },
    err: (text) => {
      printed.stderr += text;
    },
  });
  said(printed.stdout);
  said(printed.stderr);
  return {status, ...printed};
};

const NONE = ['--exec', exec('none')] as const;

describe('a healthy connector', () => {
  test('gets a line for each check and exit code 0', async () => {
    const {status, stdout, stderr} = await headwaterTest(
      CONFIG,
      ...NONE,
      '--only',
      'spec,discovery',
    );
    expect([status, stderr]).toEqual([0, '']);
    const lines = stdout.split('\n');
    expect(lines).toEqual(expect.arrayContaining(['spec', 'discovery']));
    expect(lines.filter((line) => /^ {2}✓ test_enum_usage +enums list/.test(line))).toHaveLength(1);
    expect(lines.filter((line) => line.startsWith('  - test_match_expected'))).toEqual([
      expect.stringContaining('skipped: the config names no spec_path'),
    ]);
    expect(lines.at(-2)).toMatch(/passes\. 3\d checks: \d+ passed, \d skipped in /);
    expect(stdout).not.toMatch(/\p{Cc}\[/u);
  });
});

describe('a broken connector', () => {
  const json = join(folder, 'report.json');
  const junit = join(folder, 'report.xml');

  test('gets its failure first in the summary, exit code 1, and two reports', async () => {
    const {status, stdout} = await headwaterTest(
      ...[CONFIG, '--exec', exec('a token is not marked as a secret'), '--only', 'spec'],
      ...['--json', json, '--junit', junit],
    );
    expect(status).toBe(1);
    const [before = '', summary = ''] = stdout.split(/\n─+\n/);
    expect(before).toMatch(
      /^ {2}✗ test_secret_is_properly_marked +credentials\.api_token is named like a secret, .*: \{"type":"string"\}/m,
    );
    expect(summary.trim().split('\n')).toEqual([
      '✗ spec.test_secret_is_properly_marked',
      '    credentials.api_token is named like a secret, but is not marked as one',
      '      {"type":"string"}',
      '    → Add `airbyte_secret: true`: without it, the value is stored and shown as plain text.',
      '',
      expect.stringMatching(/ fails\. 2\d checks: 1 failed, \d+ passed, \d skipped in .*\.$/),
    ]);

    const report = JSON.parse(readFileSync(json, 'utf8'));
    expect(report).toMatchObject({config: CONFIG, counts: {failed: 1, warned: 0}});
    expect(report.checks.filter(({status: one}: {status: string}) => one === 'failed')).toEqual([
      {
        suite: 'spec',
        name: 'test_secret_is_properly_marked',
        about: expect.any(String),
        took: expect.any(Number),
        status: 'failed',
        faults: [
          {
            reason: expect.stringContaining('credentials.api_token'),
            offending: '{"type":"string"}',
            advice: expect.stringContaining('airbyte_secret'),
          },
        ],
      },
    ]);
    const xml = readFileSync(junit, 'utf8');
    expect(xml).toMatch(/<testsuite name="spec" tests="2\d" failures="1" errors="0"/);
    expect(xml).toContain(
      '<failure message="credentials.api_token is named like a secret, but is not marked as one">',
    );
  });
});

test('an invalid metadata.yaml fails its check, and the other checks still run', async () => {
  const copy = join(folder, 'undescribed');
  cpSync(join(BROKEN, 'healthy'), copy, {recursive: true});
  writeFileSync(join(copy, 'metadata.yaml'), 'data: {name: x\n');
  const {status, stdout, stderr} = await headwaterTest(
    ...[join(copy, 'acceptance-test-config.yml'), ...NONE, '--only', 'connection,metadata'],
  );
  expect([status, stderr]).toEqual([1, '']);
  expect(stdout).toMatch(/✓ test_check /);
  expect(stdout).toMatch(/✗ test_metadata_file +\S+metadata\.yaml:\d: this is not YAML: /);
  expect(stdout).toMatch(/fails\. \d+ checks: 1 failed/);
});

test('a connector is compared with saved output of the previous version', async () => {
  const before = await runProgram('/bin/sh', ['-c', `${exec('an object has no properties')} spec`]);
  const catalog = {streams: [...healthyCatalog()['streams'], {name: 'teams', json_schema: {}}]};
  const {status, stdout} = await headwaterTest(
    ...[CONFIG, ...NONE, '--only', 'spec,discovery'],
    ...['--previous-spec', file('spec.jsonl', before.stdout)],
    ...['--previous-catalog', file('catalog.json', catalog)],
  );
  expect(status).toBe(1);
  expect(stdout.match(/✗ test_backward_compatibility .*/g)).toEqual([
    expect.stringContaining('extra: this property is gone'),
    expect.stringContaining('teams: this stream is gone'),
  ]);
});

test('relative paths work from any folder', async () => {
  const elsewhere = join(folder, 'elsewhere');
  mkdirSync(elsewhere);
  cpSync(join(BROKEN, 'healthy'), join(elsewhere, 'healthy'), {recursive: true});
  writeFileSync(join(elsewhere, 'source-x'), `#!/bin/sh\nexec ${exec('none')} "$@"\n`, {
    mode: 0o755,
  });
  const {status, stdout} = await runProgram('/bin/sh', [
    '-ec',
    'cd "$0"; "$1" test healthy/acceptance-test-config.yml --exec ./source-x --only spec --json r.json',
    elsewhere,
    HEADWATER,
  ]);
  expect([status, stdout.includes('./source-x passes.')]).toEqual([0, true]);
  expect(JSON.parse(readFileSync(join(elsewhere, 'r.json'), 'utf8')).connector).toBe('./source-x');
});

const config = (yaml: string): string => file(`config-${Math.random()}.yml`, yaml);
const HEAD = 'connector_image: x\nacceptance_tests:\n';

describe('a wrong call', () => {
  test.each([
    [
      'a file that is missing',
      ['nowhere.yml', ...NONE],
      'error: nowhere.yml: there is no such file.\n',
    ],
    [
      'a file that is not YAML',
      [config('a: b: c'), ...NONE],
      /^error: \S+\.yml:1: this is not YAML: Nested mappings are not allowed .*\.\n$/,
    ],
    [
      'a program that does not exist',
      [CONFIG, '--exec', './nowhere'],
      /^error: --exec \.\/nowhere: there is no such executable/,
    ],
    ['an unknown suite', [CONFIG, ...NONE, '--only', 'specs'], /The suites are spec, connection, /],
    [
      'two connectors',
      [CONFIG, ...NONE, '--image', 'x'],
      'error: --exec and --image cannot be used together: give one of them.\n',
    ],
    ['no file', [], /Name an acceptance-test-config\.yml, or sources/],
    [
      'two configs',
      [CONFIG, 'b.yml'],
      /^error: Give one config, or names of sources: .* are several\.\n$/,
    ],
    [
      'an option of sources with a config',
      [CONFIG, '--build-image'],
      /^error: --build-image is for sources by name, /,
    ],
    [
      'an option of configs with a source',
      ['crm', ...NONE],
      /^error: --exec is for a connector by its config\. /,
    ],
    [
      'a report of several sources',
      ['crm', 'shop', '--json', 'r.json'],
      /^error: --json takes the report of one source/,
    ],
    [
      'an unknown key',
      [config(`${HEAD}  spec: {tests: [{confg_path: a.json}]}`), ...NONE],
      /acceptance_tests\.spec\.tests\[0\]\.confg_path is an unknown key; did you mean config_path\?\n$/,
    ],
    [
      'a config that is missing',
      [config(`${HEAD}  connection: {tests: [{config_path: a.json}]}`), ...NONE],
      /^error: \S+\.yml names \S+a\.json, which does not exist\.\n$/,
    ],
    [
      'saved output of another command',
      [CONFIG, ...NONE, '--previous-catalog', file('no-catalog.json', {type: 'SPEC', spec: {}})],
      /^error: --previous-catalog \S+ has no CATALOG with streams: save what `discover` /,
    ],
    [
      'saved output that is missing',
      [CONFIG, ...NONE, '--previous-spec', 'nowhere.json'],
      'error: nowhere.json: there is no such file.\n',
    ],
  ])('%s is rejected with exit code 2 and a message', async (_case, args, message) => {
    const {status, stdout, stderr} = await headwaterTest(...args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
  });
});

test('a config that the connector changes is saved beside the original, and used from then on', async () => {
  const rotating = file(
    'rotating.mjs',
    `import {readFileSync} from 'node:fs';
     const [command, , path] = process.argv.slice(2);
     const print = (message) => console.log(JSON.stringify(message));
     if (command === 'spec') {
       print({type: 'SPEC', spec: {connectionSpecification: {type: 'object', properties: {}}}});
     } else {
       const {token} = JSON.parse(readFileSync(path, 'utf8'));
       const config = {token: token + 1};
       print({type: 'CONTROL', control: {type: 'CONNECTOR_CONFIG', emitted_at: Date.now(), connectorConfig: {config}}});
       print({type: 'CONNECTION_STATUS', connectionStatus: {status: 'SUCCEEDED', message: String(token)}});
     }`,
  );
  mkdirSync(join(folder, 'secrets'), {recursive: true});
  writeFileSync(join(folder, 'secrets/config.json'), '{"token": 1}');
  const yml = config(`${HEAD}  connection: {tests: [{config_path: secrets/config.json}]}`);
  const once = () =>
    headwaterTest(yml, '--exec', `'${process.execPath}' '${rotating}'`, '--only', 'connection');
  const statuses = [(await once()).status, (await once()).status];
  const updates = join(folder, 'secrets/updated_configurations');
  const kept = readdirSync(updates).sort();
  expect(statuses).toEqual([0, 0]);
  expect(kept).toEqual([
    expect.stringMatching(/^config\|\d+\.json$/),
    expect.stringMatching(/^config\|\d+\.json$/),
  ]);
  expect(kept.map((name) => readFileSync(join(updates, name), 'utf8'))).toEqual([
    '{"token":2}',
    '{"token":3}',
  ]);
});

/** A docker command with an image and its previous version, which it runs as programs of this machine. */
const DOCKER = `#!/bin/sh
case "$1 $2" in
  'image inspect')
    [ "$3" = known:1 ] || [ "$3" = known:latest ] || { echo "Error: No such image: $3" >&2; exit 1; }
    echo '[{"Config": {"Labels": {"io.airbyte.name": "example/source-healthy", "io.airbyte.version": "0.1.0"},
      "Env": ["AIRBYTE_ENTRYPOINT=node main.js"], "Entrypoint": ["node", "main.js"]}}]' ;;
  'run -i')
    echo "$@" >> '${join(folder, 'docker-runs')}'
    folder="\${6%:/data:ro}"
    fault=none
    while [ "$1" != known:1 ] && [ "$1" != known:latest ]; do shift; done
    [ "$1" = known:1 ] || fault='an object has no properties'
    shift
    exec '${process.execPath}' '${join(BROKEN, 'connector.ts')}' "$fault" $(echo "$@" | sed "s#/data/#$folder/#g") ;;
  'rm -f') ;;
  *) echo "no such image" >&2; exit 1 ;;
esac
`;

test('an image is run by the docker command, and its labels and environment are checked', async () => {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'docker'), DOCKER, {mode: 0o755});
  const run = (image: string) =>
    runProgram(
      HEADWATER,
      [
        'test',
        CONFIG,
        '--image',
        image,
        '--only',
        'spec,connection',
        '--docker-flag=--network=none',
      ],
      {PATH: `${bin}:${process.env['PATH']}`},
    );
  const [known, unknown] = [await run('known:1'), await run('unknown:1')];
  expect(known.stdout).toMatch(/✓ test_image_labels .*\n.*✓ test_image_environment_variables/);
  expect(known.stdout).toMatch(/✓ test_check /);
  // The previous version had one more property.
  expect(known.stdout).toMatch(/✗ test_backward_compatibility +\S*extra: this property is gone/);
  expect(known.status).toBe(1);
  // Both images get the flags.
  const runs = readFileSync(join(folder, 'docker-runs'), 'utf8').trim().split('\n');
  expect(runs.filter((line) => !line.includes(' --network=none '))).toEqual([]);
  expect(new Set(runs.map((line) => line.match(/known:\S+/)?.[0]))).toEqual(
    new Set(['known:1', 'known:latest']),
  );
  expect([unknown.status, unknown.stderr]).toEqual([
    2,
    expect.stringMatching(/^error: --image unknown:1 can't be pulled: .*docker image inspect/),
  ]);
});

/** A connector whose `spec` writes its process id to a file and runs until SIGTERM. */
const endless = (pids: string) =>
  file(
    'endless.mjs',
    `import {appendFileSync} from 'node:fs';
     process.on('SIGTERM', () => { appendFileSync(${JSON.stringify(pids)}, 'ended in order\\n'); process.exit(0); });
     appendFileSync(${JSON.stringify(pids)}, process.pid + '\\n');
     setInterval(() => {}, 1000);`,
  );

test.each([
  ['SIGINT', 130, 'ended in order'],
  ['SIGTERM', 143, 'ended in order'],
] as const)('%s ends the connector, and no report is written', async (signal, code, farewell) => {
  const pids = join(folder, `pids-${signal}`);
  const json = join(folder, `report-${signal}.json`);
  const child = spawn(HEADWATER, [
    ...['test', CONFIG, '--only', 'spec', '--json', json],
    ...['--exec', `'${process.execPath}' '${endless(pids)}'`],
  ]);
  const closed = once(child, 'close');
  const stdout = text(child.stdout);
  while (!existsSync(pids)) await delay(20);
  child.kill(signal);
  expect((await closed)[0]).toBe(code);
  const [pid, end] = readFileSync(pids, 'utf8').split('\n');
  expect(end).toBe(farewell);
  expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH');
  expect(await stdout).toMatch(
    new RegExp(
      `\\n${signal}: ending the connector\\..*\\nStopped after 0 of \\d+ checks\\. No report was written\\.\\n$`,
    ),
  );
  expect(existsSync(json)).toBe(false);
});
