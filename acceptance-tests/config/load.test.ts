import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, expect, test} from '@jest/globals';
import {loadSettings} from './load.ts';

const folder = mkdtempSync(join(tmpdir(), 'headwater-config-'));
afterAll(() => rmSync(folder, {recursive: true, force: true}));

const path = join(folder, 'acceptance-test-config.yml');

const load = (text: string) => {
  writeFileSync(path, text);
  return loadSettings(path);
};

/** The lines of the error, without the path that each begins with. */
const problems = async (text: string): Promise<readonly string[]> => {
  const error = await load(text).catch((reason: unknown) => reason);
  if (!(error instanceof Error)) throw new Error('The config was accepted.');
  return error.message.split('\n').map((line) => line.replace(`${path}: `, ''));
};

test('paths are made absolute and defaults filled in', async () => {
  const settings = await load(`
connector_image: airbyte/source-x:dev
base_path: inner
custom_environment_variables: {PORT: 80}
acceptance_tests:
  connection: {tests: [{status: failed, timeout_seconds: 5, deployment_mode: cloud}]}
  incremental: {bypass_reason: no cursor}
`);
  expect(settings).toEqual({
    folder: join(folder, 'inner'),
    strictness: 'low',
    image: 'airbyte/source-x:dev',
    environment: {PORT: '80'},
    metadata: undefined,
    suites: expect.objectContaining({
      spec: undefined,
      connection: {
        entries: [
          {
            configPath: join(folder, 'inner/secrets/config.json'),
            status: 'failed',
            timeout: 5000,
            deploymentMode: 'cloud',
          },
        ],
      },
      incremental: {bypass: 'no cursor'},
    }),
  });
});

test.each([
  ['not YAML', 'data: {name: x'],
  ['YAML with an undefined alias', 'data: *nothing'],
  ['YAML with an alias in a circle', 'data: &d {self: *d}'],
])('a config is read even if its metadata.yaml is %s', async (_what, text) => {
  const inner = join(folder, 'described');
  mkdirSync(inner, {recursive: true});
  writeFileSync(join(inner, 'metadata.yaml'), text);
  const settings = await load(
    'connector_image: x\nbase_path: described\nacceptance_tests: {spec: {bypass_reason: none}}\n',
  );
  expect([settings.folder, settings.metadata]).toEqual([inner, undefined]);
});

test.each([
  ['a mapping', 'acceptance_tests: &a {spec: *a}', 'acceptance_tests.spec'],
  ['a list', 'acceptance_tests: {spec: {tests: &t [*t]}}', 'acceptance_tests.spec.tests[0]'],
  ['an unknown key', 'foo: &a [*a]', 'foo[0]'],
  ['a merged mapping', 'x: &a {b: &b {c: *a}}\ny: {<<: *b}', 'x.b.c'],
  ['two that lead to each other', 'x: &a {b: &b {a: *a, b: *b}}', 'x.b.a'],
])('an alias in a circle is an error in words: %s', async (_what, text, place) => {
  await expect(load(`connector_image: x\n${text}\n`)).rejects.toThrow(
    `: ${place} leads back to a value that holds it, by an alias. Write the value out.`,
  );
});

test('an alias that leads elsewhere is fine, also twice', async () => {
  const entry = '{config_path: config.json}';
  const {suites} = await load(
    `connector_image: x\nacceptance_tests: {discovery: {tests: [&a ${entry}, *a]}, full_refresh: {tests: [*a]}}\n`,
  );
  expect(suites?.discovery).toMatchObject({entries: [{}, {}]});
});

test('a file in the old layout is understood', async () => {
  const old = await load(`
connector_image: x
tests:
  basic_read:
    - {config_path: c.json, empty_streams: [a], ignored_fields: {b: [f]}}
  full_refresh:
    - {config_path: c.json, ignored_fields: {b: [f]}}
  incremental:
    - {config_path: c.json, future_state_path: f.json, cursor_paths: {a: [x, y]}, threshold_days: 3}
`);
  expect(old.suites?.basic_read).toMatchObject({
    entries: [{emptyStreams: [{name: 'a', reason: undefined}]}],
  });
  expect(old.suites?.full_refresh).toMatchObject({
    entries: [{ignoredFields: {b: [{name: 'f', reason: undefined}]}}],
  });
  expect(old.suites?.incremental).toMatchObject({
    entries: [
      {
        futureState: {path: join(folder, 'f.json'), missingStreams: [], bypass: undefined},
        cursorPaths: {a: ['x', 'y']},
        thresholdDays: 3,
      },
    ],
  });
});

test('unknown keys, wrong types and missing keys are reported with their path', async () => {
  expect(
    await problems(`
strictness: high
acceptance_tests:
  basic_reed: {tests: []}
  connection: {tests: [{status: failing}]}
  spec: {tests: [{timeout_seconds: soon}]}
`),
  ).toEqual([
    'connector_image is missing.',
    'strictness is an unknown key; did you mean test_strictness_level?',
    'acceptance_tests.basic_reed is an unknown key; did you mean basic_read?',
    'acceptance_tests.spec.tests[0].timeout_seconds is "soon"; it must be a number.',
    'acceptance_tests.connection.tests[0].status is "failing"; it must be one of succeed, failed, exception.',
  ]);
});

test('a suite has tests or a bypass_reason, and not both', async () => {
  expect(
    await problems(`
connector_image: x
acceptance_tests:
  spec: {}
  connection: {tests: [], bypass_reason: none}
`),
  ).toEqual([
    'acceptance_tests.spec has neither tests nor a bypass_reason: it needs one of them.',
    'acceptance_tests.connection has both tests and a bypass_reason: keep one of them.',
  ]);
});

test('strictness high requires every core suite, and a reason for each omission', async () => {
  expect(
    await problems(`
connector_image: x
test_strictness_level: high
acceptance_tests:
  spec: {bypass_reason: none}
  connection: {bypass_reason: none}
  discovery: {bypass_reason: none}
  basic_read:
    tests: [{empty_streams: [{name: a}], configured_catalog_path: c.json, validate_schema: false}]
  incremental:
    tests: [{future_state: {missing_streams: [{name: b}]}}]
`),
  ).toEqual([
    expect.stringMatching(
      /^acceptance_tests\.basic_read\.tests\[0\]\.empty_streams: a has no bypass_reason/,
    ),
    expect.stringMatching(/^acceptance_tests\.basic_read\.tests\[0\]\.expect_records needs a path/),
    expect.stringMatching(/configured_catalog_path is not allowed with strictness high/),
    expect.stringMatching(/validate_schema must be true with strictness high/),
    expect.stringMatching(/future_state\.missing_streams: b has no bypass_reason/),
    expect.stringMatching(/future_state needs a future_state_path, or a bypass_reason/),
    expect.stringMatching(/^acceptance_tests\.full_refresh is missing/),
  ]);
});
