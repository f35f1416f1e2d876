// Validates a config against its model, with errors that its author can act on.
import {Ajv, type ErrorObject} from 'ajv';
import {CONFIG_SCHEMA, type RawConfig, type RawEntry, type RawSuite} from './model.ts';
import {nearest} from './nearest.ts';

const ajv = new Ajv({allErrors: true, verbose: true, allowUnionTypes: true});
const isConfig = ajv.compile<RawConfig>(CONFIG_SCHEMA);

/** `/acceptance_tests/spec/tests/0` as `acceptance_tests.spec.tests[0]`. */
const locationOf = (pointer: string, key?: string): string => {
  const path = pointer
    .split('/')
    .slice(1)
    .map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`))
    .join('');
  return `${path}${key === undefined ? '' : `.${key}`}`.slice(1);
};

const knownKeys = (schema: unknown): readonly string[] =>
  typeof schema === 'object' && schema !== null && 'properties' in schema
    ? Object.keys(schema.properties ?? {})
    : [];

const unknownKey = (location: string, key: string, known: readonly string[]): string => {
  const like = nearest(key, known);
  const advice =
    like === undefined ? `the known keys are ${known.join(', ')}` : `did you mean ${like}?`;
  return `${location} is an unknown key; ${advice}`;
};

const describe = ({keyword, instancePath, params, parentSchema, data, schema}: ErrorObject) => {
  if (keyword === 'additionalProperties') {
    const key = String(params['additionalProperty']);
    return unknownKey(locationOf(instancePath, key), key, knownKeys(parentSchema));
  }
  if (keyword === 'required') {
    return `${locationOf(instancePath, String(params['missingProperty']))} is missing`;
  }
  const location = locationOf(instancePath) || 'the file';
  const must =
    keyword === 'enum' && Array.isArray(schema)
      ? `one of ${schema.join(', ')}`
      : String(parentSchema?.['description']);
  return `${location} is ${JSON.stringify(data) ?? 'empty'}; it must be ${must}`;
};

const CORE = ['spec', 'connection', 'discovery', 'basic_read', 'full_refresh', 'incremental'];

const noReason = (location: string): string =>
  `${location} has no bypass_reason, which strictness high requires: say why it is left out`;

const highEntry = (suite: string, location: string, entry: RawEntry): readonly string[] => {
  const unexplained = (key: string, list: RawEntry['empty_streams'] = []): readonly string[] =>
    list.flatMap(({name, bypass_reason}) =>
      bypass_reason === undefined ? noReason(`${location}.${key}: ${name}`) : [],
    );
  if (suite === 'basic_read') {
    const {expect_records: expected} = entry;
    return [
      ...unexplained('empty_streams', entry.empty_streams),
      ...(expected?.path === undefined && expected?.bypass_reason === undefined
        ? [`${location}.expect_records needs a path, or a bypass_reason, with strictness high`]
        : []),
      ...(entry.configured_catalog_path
        ? [
            `${location}.configured_catalog_path is not allowed with strictness high, where every stream is read: remove it`,
          ]
        : []),
      ...(entry.validate_schema === false
        ? [`${location}.validate_schema must be true with strictness high`]
        : []),
    ];
  }
  if (suite === 'incremental') {
    const {future_state: future} = entry;
    return [
      ...unexplained('future_state.missing_streams', future?.missing_streams),
      ...(future?.future_state_path === undefined && future?.bypass_reason === undefined
        ? [
            `${location}.future_state needs a future_state_path, or a bypass_reason, with strictness high`,
          ]
        : []),
    ];
  }
  return [];
};

const checkSuite = (name: string, suite: RawSuite, high: boolean): readonly string[] => {
  const location = `acceptance_tests.${name}`;
  if (suite.tests === undefined && suite.bypass_reason === undefined) {
    return [`${location} has neither tests nor a bypass_reason: it needs one of them`];
  }
  if (suite.tests !== undefined && suite.bypass_reason !== undefined) {
    return [`${location} has both tests and a bypass_reason: keep one of them`];
  }
  if (!high) return [];
  return (suite.tests ?? []).flatMap((entry, index) =>
    highEntry(name, `${location}.tests[${index}]`, entry),
  );
};

const sentence = (problem: string): string => (problem.endsWith('?') ? problem : `${problem}.`);

/** The config, or a line for each problem. */
export const validate = (
  file: unknown,
): {readonly config: RawConfig} | {readonly problems: readonly string[]} => {
  if (!isConfig(file)) {
    return {problems: [...new Set((isConfig.errors ?? []).map(describe))].map(sentence)};
  }
  const high = file.test_strictness_level === 'high';
  const suites = Object.entries(file.acceptance_tests);
  const missing = CORE.filter((name) => high && !Object.hasOwn(file.acceptance_tests, name));
  const problems = [
    ...suites.flatMap(([name, suite]) => checkSuite(name, suite, high)),
    ...missing.map(
      (name) =>
        `acceptance_tests.${name} is missing, which strictness high requires: add it, with tests or with a bypass_reason`,
    ),
  ];
  return problems.length > 0 ? {problems: problems.map(sentence)} : {config: file};
};
