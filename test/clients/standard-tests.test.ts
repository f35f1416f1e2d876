// Airbyte's own standard tests, of its Python CDK, on our images.
import {cpSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {beforeAll, describe, expect, test} from '@jest/globals';
import {parse, stringify} from 'yaml';
import {serveFake} from '../../acceptance-tests/fake-api/serve.ts';
import {openGithub} from '../../sources/github/fake-api/index.ts';
import {HEADWATER, ROOT, runProgram, workspace} from '../e2e/run-program.ts';
import {buildImage, hasEngine} from '../image/docker.ts';
import {besideClients, commandsOf, describeWithClients} from './installed-clients.ts';

const {folder} = workspace();
const SUITE = besideClients('standard-tests');

/** Keys of Airbyte's older acceptance tests, which the standard tests do not accept. */
const REFUSED = ['validate_stream_statuses', 'validate_data_points', 'expect_records'];

const PASSES = [
  'test_docker_image_build_and_spec PASSED',
  // No published connector has this name.
  'test_docker_image_spec_backward_compatibility SKIPPED',
  "test_docker_image_build_and_check['invalid_config' Test Scenario] PASSED",
  "test_docker_image_build_and_check['sample_config' Test Scenario] PASSED",
  // A config that must be rejected is skipped here.
  "test_docker_image_build_and_config_matches_spec['invalid_config' Test Scenario] SKIPPED",
  "test_docker_image_build_and_config_matches_spec['sample_config' Test Scenario] PASSED",
  "test_docker_image_build_and_discover['invalid_config' Test Scenario] SKIPPED",
  "test_docker_image_build_and_discover['sample_config' Test Scenario] PASSED",
  "test_docker_image_build_and_read['invalid_config' Test Scenario] SKIPPED",
  "test_docker_image_build_and_read['sample_config' Test Scenario] PASSED",
];

/** The files of a connector that the suite reads, in a folder with the connector's name. */
const layOut = async (source: string, apiUrl = ''): Promise<string> => {
  const connector = join(folder, `source-${source}`);
  mkdirSync(connector);
  cpSync(join(ROOT, 'sources', source), connector, {recursive: true});
  const {stdout} = await runProgram(HEADWATER, ['metadata', source]);
  writeFileSync(join(connector, 'metadata.yaml'), stdout);

  const config = join(connector, 'acceptance-test-config.yml');
  const known = parse(readFileSync(config, 'utf8'), (key, value) =>
    REFUSED.includes(String(key)) ? undefined : value,
  );
  writeFileSync(config, stringify(known));
  for (const name of ['sample_config.json', 'invalid_config.json']) {
    const path = join(connector, 'integration_tests', name);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace(/http:\/\/127\.0\.0\.1:\d+/, apiUrl));
  }
  return connector;
};

/** The result of each test of the suite, after the test's name. */
const runSuite = async (source: string, apiUrl?: string) => {
  const connector = await layOut(source, apiUrl);
  const {status, stdout} = await runProgram(
    'env',
    [
      ...['-C', connector, join(commandsOf('pyairbyte'), 'python'), '-m', 'pytest'],
      ...['-v', '-p', 'no:cacheprovider', '--color=no', SUITE],
      ...['--connector-image', `headwater/source-${source}:dev`],
      ...['--read-from-streams', 'all', '--read-scenarios', 'sample_config'],
    ],
    {PATH: `${SUITE}:${process.env['PATH']}`, PYTHONDONTWRITEBYTECODE: '1'},
  );
  const results = [...stdout.matchAll(/::(test_\w+(?:\[[^\]]*\])?) ([A-Z]+)/g)];
  return {status, results: results.map(([, name = '', result = '']) => `${name} ${result}`)};
};

(hasEngine ? describeWithClients('pyairbyte') : describe.skip)("Airbyte's standard tests", () => {
  beforeAll(async () => {
    await buildImage('faker');
    await buildImage('github');
  }, 600_000);

  test('pass on the image of source faker', async () => {
    expect(await runSuite('faker')).toEqual({status: 0, results: PASSES});
  }, 180_000);

  test('pass on the image of source github', async () => {
    const github = await serveFake(openGithub({seed: 1}));
    try {
      expect(await runSuite('github', github.url)).toEqual({status: 0, results: PASSES});
    } finally {
      await github.close();
    }
  }, 180_000);
});
