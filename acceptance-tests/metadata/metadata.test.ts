// Each fault in a metadata.yaml fails the check for it, and no other.
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, expect, test} from '@jest/globals';
import {stringify} from 'yaml';
import type {Outcome} from '../check-kit/check.ts';
import type {Connector, Run} from '../connectors/connector.ts';
import {metadataChecks} from './index.ts';
import schema from './metadata.schema.json' with {type: 'json'};

const folder = mkdtempSync(join(tmpdir(), 'headwater-metadata-'));
afterAll(() => rmSync(folder, {recursive: true, force: true}));
mkdirSync(join(folder, 'integration_tests'));
writeFileSync(join(folder, 'config.json'), '{}');
for (const name of ['README.md', 'icon.svg']) writeFileSync(join(folder, name), '');
for (const name of [
  ...['configured_catalog.json', 'abnormal_state.json', 'invalid_config.json'],
  ...['expected_records.jsonl', 'sample_config.json'],
]) {
  writeFileSync(join(folder, 'integration_tests', name), '{}');
}

const MESSAGES = {
  spec: {type: 'SPEC', spec: {connectionSpecification: {properties: {region: {type: 'string'}}}}},
  discover: {type: 'CATALOG', catalog: {streams: [{name: 'issues'}, {name: 'labels'}]}},
};

const connector: Connector = {
  label: 'source-things',
  image: {
    labels: {'io.airbyte.name': 'things/source-things', 'io.airbyte.version': '2.1.0'},
    environment: {},
    entrypoint: [],
  },
  run: async (command, inputs): Promise<Run> => ({
    command,
    commandLine: command,
    inputs,
    lines: Object.entries(MESSAGES).flatMap(([name, json]) =>
      name === command ? [{text: JSON.stringify(json), json}] : [],
    ),
    stderr: '',
    exit: {code: 0, signal: null},
    took: 1,
    startedAt: 0,
    firstLineAfter: 1,
    peakMemory: undefined,
  }),
};

const DATA = {
  name: 'Things',
  definitionId: '41957100-985c-449e-961b-74a703c703dd',
  connectorType: 'source',
  connectorSubtype: 'api',
  dockerRepository: 'things/source-things',
  dockerImageTag: '2.1.0',
  license: 'MIT',
  documentationUrl: 'https://example.com/things',
  githubIssueLabel: 'source-things',
  releaseStage: 'alpha',
  allowedHosts: {hosts: ['api.example.com', `\${region}.example.com`, '*.example.org']},
  suggestedStreams: {streams: ['issues']},
  releases: {
    breakingChanges: {'2.0.0': {message: 'Ids are strings.', upgradeDeadline: '2027-01-31'}},
  },
};

const without = (field: string): object =>
  Object.fromEntries(Object.entries(DATA).filter(([name]) => name !== field));

const judgeAll = async (text: string | undefined, strictness: 'low' | 'high' = 'high') => {
  const path = join(folder, 'metadata.yaml');
  if (text === undefined) rmSync(path, {force: true});
  else writeFileSync(path, text);
  const outcomes: (readonly [string, Outcome])[] = [];
  const config = {
    configPath: join(folder, 'config.json'),
    timeout: 1000,
    deploymentMode: undefined,
  };
  const connection = {entries: [{...config, status: 'succeed'} as const]};
  const context = {connector, settings: {folder, strictness, suites: {connection}}};
  for (const {name, run} of metadataChecks) outcomes.push([name, await run(context)]);
  return outcomes;
};

const yaml = (data: unknown, metadataSpecVersion: unknown = '1.0'): string =>
  stringify({metadataSpecVersion, data});

const bad = (outcomes: readonly (readonly [string, Outcome])[]) =>
  outcomes.flatMap(([name, outcome]) =>
    outcome.status === 'failed' || outcome.status === 'warned'
      ? outcome.faults.map(({reason}) => `${name} ${outcome.status}: ${reason}`)
      : [],
  );

test('a valid file passes every check', async () => {
  const outcomes = await judgeAll(yaml(DATA));
  expect(outcomes.map(([name, {status}]) => `${name} ${status}`)).toEqual(
    metadataChecks.map(({name}) => `${name} passed`),
  );
});

const FIELDS = 'test_metadata_values failed: data.';

const FAULTS: readonly (readonly [about: string, data: object, expected: readonly string[]])[] = [
  ...Object.keys(DATA)
    .filter(
      (field) =>
        ![
          'allowedHosts',
          'suggestedStreams',
          'releases',
          'dockerRepository',
          'dockerImageTag',
        ].includes(field),
    )
    .map(
      (field) =>
        [
          `${field} missing`,
          without(field),
          [`test_metadata_has_required_fields failed: data.${field} is missing`],
        ] as const,
    ),
  [
    'an unknown field',
    {...DATA, colour: 'red'},
    ['test_metadata_has_no_unknown_fields failed: data.colour is not a field that Airbyte knows'],
  ],
  [
    'a value outside its list',
    {...DATA, releaseStage: 'beta2'},
    ['test_metadata_enums failed: data.releaseStage has a value that is not allowed'],
  ],
  [
    'an id that is not a UUID',
    {...DATA, definitionId: 'x'},
    [`${FIELDS}definitionId has a wrong value`],
  ],
  [
    'an invalid URL',
    {...DATA, documentationUrl: 'example.com'},
    [`${FIELDS}documentationUrl has a wrong value`],
  ],
  [
    'a string instead of a list',
    {...DATA, tags: 'language:typescript'},
    [`${FIELDS}tags has a wrong value`],
  ],
  [
    'a number out of range',
    {...DATA, maxSecondsBetweenMessages: -1},
    [`${FIELDS}maxSecondsBetweenMessages has a wrong value`],
  ],
  [
    'an override without `enabled`',
    {...DATA, registryOverrides: {oss: {name: 'x'}}},
    ['test_metadata_has_required_fields failed: data.registryOverrides.oss.enabled is missing'],
  ],
  [
    'a deadline that is not a date',
    {...DATA, releases: {breakingChanges: {'2.0.0': {message: 'x', upgradeDeadline: 'soon'}}}},
    [`${FIELDS}releases.breakingChanges.2.0.0.upgradeDeadline has a wrong value`],
  ],
  [
    'a major version that is not announced',
    without('releases'),
    [
      'test_breaking_changes warned: dockerImageTag is 2.1.0, but releases.breakingChanges has no entry 2.0.0',
    ],
  ],
  [
    'a suggested stream that does not exist',
    {...DATA, suggestedStreams: {streams: ['isues']}},
    ['test_suggested_streams failed: suggestedStreams names isues, which discover does not list'],
  ],
  [
    'a URL instead of a host',
    {...DATA, allowedHosts: {hosts: ['https://example.com']}},
    ['test_allowed_hosts failed: allowedHosts has "https://example.com", which is not a host name'],
  ],
  [
    'a host with an unknown property',
    {...DATA, allowedHosts: {hosts: [`\${zone}.example.com`]}},
    [
      `test_allowed_hosts failed: allowedHosts has \${zone}.example.com, but the spec has no property zone`,
    ],
  ],
  [
    'no hosts at all',
    without('allowedHosts'),
    ['test_allowed_hosts warned: allowedHosts is missing: the connector may call any host'],
  ],
  [
    'another image',
    {...DATA, dockerRepository: 'things/other'},
    [
      "test_image_is_the_one_described failed: dockerRepository is things/other, but the image's label io.airbyte.name is things/source-things",
    ],
  ],
  [
    'another version',
    {...DATA, dockerImageTag: '2.2.0'},
    [
      "test_image_is_the_one_described failed: dockerImageTag is 2.2.0, but the image's label io.airbyte.version is 2.1.0",
    ],
  ],
];

test('a breaking release that is not announced fails', async () => {
  const data = {...without('releases'), dockerImageTag: '3.0.0'};
  expect(bad(await judgeAll(yaml(data)))[0]).toBe(
    'test_breaking_changes failed: dockerImageTag is 3.0.0, but releases.breakingChanges has no entry 3.0.0',
  );
});

test('an announced version that is not released yet fails', async () => {
  const {breakingChanges} = DATA.releases;
  const early = {...breakingChanges, '10.0.0': breakingChanges['2.0.0']};
  expect(bad(await judgeAll(yaml({...DATA, releases: {breakingChanges: early}})))).toEqual([
    'test_breaking_changes failed: releases.breakingChanges has 10.0.0, which is newer than dockerImageTag 2.1.0',
  ]);
});

test('a renamed field is reported with its new name', async () => {
  const outcomes = new Map(await judgeAll(yaml({...DATA, registries: {oss: {enabled: true}}})));
  expect(outcomes.get('test_metadata_has_no_unknown_fields')).toMatchObject({
    faults: [{advice: 'Rename it to data.registryOverrides.'}],
  });
});

test('each missing file is a warning; the icon may have the name in metadata.yaml', async () => {
  rmSync(join(folder, 'icon.svg'));
  rmSync(join(folder, 'README.md'));
  const missing = (data: object) => judgeAll(yaml(data)).then(bad);
  try {
    expect(await missing({...DATA, icon: 'things.svg'})).toEqual([
      'test_companion_files warned: there is no README.md',
      'test_companion_files warned: there is no icon.svg',
    ]);
    writeFileSync(join(folder, 'things.svg'), '');
    expect(await missing({...DATA, icon: 'things.svg'})).toEqual([
      'test_companion_files warned: there is no README.md',
    ]);
  } finally {
    for (const name of ['README.md', 'icon.svg']) writeFileSync(join(folder, name), '');
  }
});

test.each(FAULTS)('%s is reported only by its own check', async (_about, data, expected) => {
  expect(bad(await judgeAll(yaml(data)))).toEqual(expected);
});

test('every field of the schema has a format that is checked', async () => {
  const {properties} = schema.properties.data;
  for (const field of Object.keys(properties)) {
    // A list within a list is valid nowhere.
    const faults = bad(await judgeAll(yaml({...DATA, [field]: [[]]})));
    const found = faults.filter((fault) => fault.includes(`data.${field}`));
    expect([field, found.length]).toEqual([field, 1]);
  }
});

test('a metadataSpecVersion without quotes is reported', async () => {
  const outcomes = new Map(await judgeAll(yaml(DATA, 1.0)));
  expect(outcomes.get('test_metadata_values')).toMatchObject({
    status: 'failed',
    faults: [{offending: 'metadataSpecVersion: 1', advice: 'It must be "1.0", in quotes.'}],
  });
});

test.each([
  ['high', 'failed'],
  ['low', 'warned'],
] as const)('without a file, strictness %s has it %s once', async (strictness, status) => {
  const outcomes = await judgeAll(undefined, strictness);
  expect(bad(outcomes)).toEqual([
    `test_metadata_file ${status}: there is no metadata.yaml in ${folder}`,
  ]);
});

test('invalid YAML is reported once', async () => {
  expect(bad(await judgeAll('data: [unfinished'))).toEqual([
    expect.stringMatching(/^test_metadata_file failed: .*metadata\.yaml:1: this is not YAML/),
  ]);
});
