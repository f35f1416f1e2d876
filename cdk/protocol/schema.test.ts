import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from '@jest/globals';
import {Ajv} from 'ajv';
import addFormats from 'ajv-formats';
import {parse} from 'yaml';
import {configuredCatalogProblems, parseMessages, validateMessage} from '../testing/protocol.ts';
import schema from './airbyte.schema.json' with {type: 'json'};

const AIRBYTES_OWN = '../shared/protocol/airbyte_protocol.yaml';
const airbytesOwn = join(import.meta.dirname, '../..', AIRBYTES_OWN);

/** Keywords that do not decide whether a message is valid. */
const SILENT = new Set([
  '$id',
  '$schema',
  'default',
  'description',
  'examples',
  'existingJavaType',
  'title',
  'version',
]);

type Node = Readonly<Record<string, unknown>>;

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

const isCondition = (value: unknown): boolean =>
  isNode(value) && Object.keys(value).toSorted().join() === 'if,then';

const keywordFacts = (keyword: string, value: unknown, path: string): readonly string[] => {
  switch (keyword) {
    case 'definitions':
    case 'properties':
      return Object.entries(isNode(value) ? value : {}).flatMap(([name, child]) => [
        `${path}/${name}`,
        ...facts(child, `${path}/${name}`),
      ]);
    case 'enum':
    case 'required':
      return list(value).map((entry) => `${path} has ${JSON.stringify(entry)}`);
    case 'allOf': // requires the payload of each type, which Airbyte's schema does not
      return list(value)
        .filter((entry) => !isCondition(entry))
        .flatMap((entry, index) => facts(entry, `${path}/${index}`));
    case 'oneOf':
      return list(value).flatMap((entry, index) => facts(entry, `${path}/${index}`));
    default:
      return facts(value, path);
  }
};

/** Each requirement of a schema as a line, unordered. */
const facts = (node: unknown, path = '#'): readonly string[] =>
  isNode(node)
    ? Object.entries(node)
        .filter(([keyword]) => !SILENT.has(keyword))
        .flatMap(([keyword, value]) => keywordFacts(keyword, value, `${path}/${keyword}`))
    : [`${path} is ${JSON.stringify(node)}`];

const differences = (ours: unknown, theirs: unknown): readonly string[] => {
  const [our, their] = [new Set(facts(ours)), new Set(facts(theirs))];
  return [
    ...[...their].filter((fact) => !our.has(fact)).map((fact) => `missing: ${fact}`),
    ...[...our].filter((fact) => !their.has(fact)).map((fact) => `only in ours: ${fact}`),
  ].toSorted();
};

/** Paths of `$ref`s beside other keywords, which draft-07 ignores. */
const crowdedReferences = (node: unknown, path = '#'): readonly string[] => {
  if (Array.isArray(node)) {
    return node.flatMap((entry, index) => crowdedReferences(entry, `${path}/${index}`));
  }
  if (!isNode(node)) return [];
  if ('$ref' in node) return Object.keys(node).length === 1 ? [] : [path];
  return Object.entries(node).flatMap(([key, value]) => crowdedReferences(value, `${path}/${key}`));
};

describe('the schema', () => {
  test('is valid draft-07, without a misspelt keyword', () => {
    const ajv = new Ajv({strictSchema: true, strictTypes: true});
    addFormats.default(ajv);
    expect(schema.$schema).toBe('http://json-schema.org/draft-07/schema#');
    void ajv.validateSchema(schema);
    expect(ajv.errors ?? []).toEqual([]);
    expect(() => ajv.compile(schema)).not.toThrow();
  });

  test('has no keyword beside a $ref, because draft-07 would ignore it', () => {
    expect(crowdedReferences(schema)).toEqual([]);
  });

  const found = existsSync(airbytesOwn);
  if (!found) {
    process.stderr.write(
      `skipped: Airbyte's own schema is not beside this checkout (${AIRBYTES_OWN})\n`,
    );
  }
  (found ? test : test.skip)("demands exactly what Airbyte's own schema demands", () => {
    const theirs: unknown = parse(readFileSync(airbytesOwn, 'utf8'));
    expect(differences(schema, theirs)).toEqual([]);
  });
});

describe('the comparison with another schema', () => {
  const kind = {type: 'string', enum: ['A', 'B']};
  const title = {type: 'array', minItems: 1, items: {$ref: '#/definitions/Title'}};
  const theirs = {description: 'words', required: ['kind', 'title'], properties: {kind, title}};

  test.each([
    ['wording', {...theirs, description: 'other words'}],
    ['order', {...theirs, required: ['title', 'kind']}],
    ['conditions we add', {...theirs, allOf: schema.definitions.AirbyteMessage.allOf}],
  ])('ignores %s', (_what, ours) => {
    expect(differences(ours, theirs)).toEqual([]);
  });

  test.each<[string, object, readonly string[]]>([
    ['a lost requirement', {required: ['kind']}, ['missing: #/required has "title"']],
    ['an added keyword', {minItems: 1}, ['only in ours: #/minItems is 1']],
    [
      'a lost property',
      {properties: {kind}},
      [
        'missing: #/properties/title',
        'missing: #/properties/title/items/$ref is "#/definitions/Title"',
        'missing: #/properties/title/minItems is 1',
        'missing: #/properties/title/type is "array"',
      ],
    ],
    [
      'another enum value',
      {properties: {kind: {...kind, enum: ['A', 'B', 'C']}, title}},
      ['only in ours: #/properties/kind/enum has "C"'],
    ],
    [
      'another reference',
      {properties: {kind, title: {...title, items: {$ref: '#/definitions/Name'}}}},
      [
        'missing: #/properties/title/items/$ref is "#/definitions/Title"',
        'only in ours: #/properties/title/items/$ref is "#/definitions/Name"',
      ],
    ],
  ])('reports %s', (_what, change, expected) => {
    expect(differences({...theirs, ...change}, theirs)).toEqual(expected);
  });
});

const record = {stream: 'issues', data: {id: 1}, emitted_at: 1_700_000_000_000};
const stream = {
  name: 'issues',
  json_schema: {type: 'object'},
  supported_sync_modes: ['full_refresh', 'incremental'],
};
const descriptor = {name: 'issues', namespace: 'acme'};
const streamState = {stream_descriptor: descriptor, stream_state: {updated_at: '2026-01-01'}};
const status = {
  stream_descriptor: descriptor,
  status: 'RUNNING',
  reasons: [{type: 'RATE_LIMITED', rate_limited: {quota_reset: 1_700_000_000_000}}],
};
const changes = [{field: 'body', change: 'NULLED', reason: 'SOURCE_FIELD_SIZE_LIMITATION'}];
const spec = {
  connectionSpecification: {type: 'object', properties: {}},
  documentationUrl: 'https://example.com/docs',
  advanced_auth: {auth_flow_type: 'oauth2.0', predicate_key: ['auth', 'kind']},
};
const control = {type: 'CONNECTOR_CONFIG', emitted_at: 1, connectorConfig: {config: {token: 't'}}};
const operation = {object_name: 'contact', sync_mode: 'update', json_schema: {}};

describe('a message', () => {
  test.each<[string, string, unknown]>([
    ['RECORD', 'record', record],
    ['RECORD', 'record', {...record, meta: {changes}, file_reference: {file_size_bytes: 3}}],
    ['RECORD', 'record', {...record, not_known_yet: true}],
    ['STATE', 'state', {type: 'STREAM', stream: streamState, sourceStats: {recordCount: 2}}],
    ['STATE', 'state', {type: 'GLOBAL', global: {shared_state: {}, stream_states: [streamState]}}],
    ['STATE', 'state', {data: {issues: {}}}],
    ['LOG', 'log', {level: 'WARN', message: 'slow', stack_trace: 'at ...'}],
    ['SPEC', 'spec', spec],
    ['CONNECTION_STATUS', 'connectionStatus', {status: 'FAILED', message: 'Bad token.'}],
    ['CATALOG', 'catalog', {streams: [stream]}],
    ['TRACE', 'trace', {type: 'ANALYTICS', emitted_at: 1.5, analytics: {type: 'a', value: '2'}}],
    ['CONTROL', 'control', control],
    ['DESTINATION_CATALOG', 'destination_catalog', {operations: [operation]}],
  ])('of type %s carries its payload in %s', (type, key, payload) => {
    expect(validateMessage({type, [key]: payload})).toEqual([]);
    expect(validateMessage({type})).toEqual([`/ must have required property '${key}'`]);
  });

  test.each<[string, string, unknown]>([
    ['ERROR', 'error', {message: 'm', failure_type: 'config_error', stream_descriptor: descriptor}],
    ['ESTIMATE', 'estimate', {name: 'issues', type: 'STREAM', row_estimate: 9}],
    ['STREAM_STATUS', 'stream_status', status],
    ['ANALYTICS', 'analytics', {type: 'api'}],
  ])('of type TRACE and %s carries its payload in %s', (type, key, payload) => {
    const trace = {type, emitted_at: 1.5};
    expect(validateMessage({type: 'TRACE', trace: {...trace, [key]: payload}})).toEqual([]);
    expect(validateMessage({type: 'TRACE', trace})).toEqual([
      `/trace must have required property '${key}'`,
    ]);
  });

  test.each<[string, unknown, string]>([
    ['that is a list', [], '/ must be object'],
    ['without a type', {record}, "/ must have required property 'type'"],
    [
      'of an unknown type',
      {type: 'ROW', record},
      '/type must be equal to one of the allowed values: RECORD, STATE, LOG, SPEC, ' +
        'CONNECTION_STATUS, CATALOG, TRACE, CONTROL, DESTINATION_CATALOG',
    ],
    ['without its payload', {type: 'RECORD', record: null}, '/record must be object'],
    [
      'with a list for a record',
      {type: 'RECORD', record: {...record, data: [1]}},
      '/record/data must be object',
    ],
    [
      'with a time between two milliseconds',
      {type: 'RECORD', record: {...record, emitted_at: 1.5}},
      '/record/emitted_at must be integer',
    ],
    [
      'with an unknown failure type',
      {
        type: 'TRACE',
        trace: {type: 'ERROR', emitted_at: 1, error: {message: 'm', failure_type: 'x'}},
      },
      '/trace/error/failure_type must be equal to one of the allowed values: ' +
        'system_error, config_error, transient_error',
    ],
    [
      'with a catalog that lists no streams',
      {type: 'CATALOG', catalog: {}},
      "/catalog must have required property 'streams'",
    ],
    [
      'with a stream that cannot be synced',
      {type: 'CATALOG', catalog: {streams: [{...stream, supported_sync_modes: []}]}},
      '/catalog/streams/0/supported_sync_modes must NOT have fewer than 1 items',
    ],
    [
      'with a documentation URL that is not a URL',
      {type: 'SPEC', spec: {...spec, documentationUrl: 'here'}},
      '/spec/documentationUrl must match format "uri"',
    ],
  ])('is rejected %s', (_fault, message, problem) => {
    expect(validateMessage(message)).toEqual([problem]);
  });
});

describe('a configured catalog', () => {
  const configured = {stream, sync_mode: 'incremental', destination_sync_mode: 'append'};

  test('has a sync mode for each stream', () => {
    expect(configuredCatalogProblems({streams: [configured]})).toEqual([]);
    const odd = {...configured, sync_mode: 'sometimes'};
    expect(configuredCatalogProblems({streams: [odd]})).toEqual([
      '/streams/0/sync_mode must be equal to one of the allowed values: full_refresh, incremental',
    ]);
  });

  test('needs streams', () => {
    expect(configuredCatalogProblems({})).toEqual(["/ must have required property 'streams'"]);
  });
});

describe('the stdout of a source', () => {
  const message = {type: 'RECORD', record};
  const line = JSON.stringify(message);

  test('is one message per line', () => {
    expect(parseMessages('')).toEqual([]);
    expect(parseMessages(`${line}\n\n${line}\n`)).toEqual([message, message]);
  });

  test('ends with a newline: without one its last message may be truncated', () => {
    const complaint = /^stdout line 2 does not end with a newline/;
    expect(() => parseMessages(`${line}\n${line}`)).toThrow(complaint);
  });

  test.each([
    ['stray text', 'ready', /^stdout line 2: Unexpected token/],
    ['two messages at once', line + line, /^stdout line 2: Unexpected non-whitespace/],
    ['a list of messages', `[${line}]`, /^stdout line 2: \/ must be object/],
    ['half a message', '{"type":"RECORD"}', /^stdout line 2: .*'record'\n\{"type":"RECORD"\}$/],
  ])('is rejected for a line with %s', (_fault, bad, complaint) => {
    expect(() => parseMessages(`${line}\n${bad}\n${line}\n`)).toThrow(complaint);
  });

  test('is quoted in an error up to 300 characters', () => {
    const long = `{"type":"${'x'.repeat(9000)}"}`;
    expect(() => parseMessages(`${long}\n`)).toThrow(`\n${long.slice(0, 300)}`);
    expect(() => parseMessages(`${long}\n`)).not.toThrow(long.slice(0, 301));
  });
});
