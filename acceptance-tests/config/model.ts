// The keys of acceptance-test-config.yml, and the JSON Schema that rejects any other.

export interface RawExemption {
  readonly name: string;
  readonly bypass_reason?: string;
}

export interface RawEntry {
  readonly config_path?: string;
  readonly timeout_seconds?: number;
  readonly deployment_mode?: 'cloud' | 'oss';
  readonly configured_catalog_path?: string | null;
  readonly spec_path?: string;
  readonly backward_compatibility_tests_config?: {
    readonly previous_connector_version?: string;
    readonly disable_for_version?: string | null;
  };
  readonly auth_default_method?: {readonly oauth?: boolean; readonly bypass_reason?: string};
  readonly status?: 'succeed' | 'failed' | 'exception';
  readonly validate_primary_keys_data_type?: boolean;
  readonly empty_streams?: readonly RawExemption[];
  readonly expect_records?: {
    readonly path?: string;
    readonly bypass_reason?: string;
    readonly exact_order?: boolean;
    readonly extra_fields?: boolean;
    readonly extra_records?: boolean;
  };
  readonly ignored_fields?: Readonly<Record<string, readonly RawExemption[]>>;
  readonly validate_schema?: boolean;
  readonly validate_stream_statuses?: boolean | null;
  readonly validate_state_messages?: boolean;
  readonly fail_on_extra_columns?: boolean;
  readonly validate_data_points?: boolean;
  readonly expect_trace_message_on_failure?: boolean;
  readonly file_types?: {
    readonly skip_test?: boolean;
    readonly bypass_reason?: string;
    readonly unsupported_types?: readonly {readonly extension: string}[];
  };
  readonly future_state?: {
    readonly future_state_path?: string;
    readonly missing_streams?: readonly RawExemption[];
    readonly bypass_reason?: string;
  };
  readonly cursor_paths?: Readonly<Record<string, string | readonly string[]>>;
  readonly threshold_days?: number;
  readonly skip_comprehensive_incremental_tests?: boolean;
  readonly streams_without_primary_key?: readonly RawExemption[];
  readonly allowed_hosts?: {readonly bypass_reason?: string};
  readonly suggested_streams?: {readonly bypass_reason?: string};
}

export interface RawSuite {
  readonly bypass_reason?: string;
  readonly tests?: readonly RawEntry[];
}

export interface RawConfig {
  readonly connector_image: string;
  readonly base_path?: string | null;
  readonly test_strictness_level?: 'low' | 'high';
  readonly custom_environment_variables?: Readonly<Record<string, string | number | boolean>>;
  readonly acceptance_tests: Readonly<Record<string, RawSuite>>;
}

// A `description` completes the sentence "it must be …".
const string = {type: 'string', minLength: 1, description: 'a string'};
const flag = {type: 'boolean', description: 'true or false'};
const number = {type: 'number', minimum: 0, description: 'a number'};
const orNull = (schema: {readonly type: string}) => ({...schema, type: [schema.type, 'null']});
const object = (properties: object, required: readonly string[] = []) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
  description: 'a mapping',
});
const listOf = (items: object) => ({type: 'array', items, description: 'a list'});
const mapOf = (values: object) => ({
  type: 'object',
  additionalProperties: values,
  description: 'a mapping',
});
const oneOf = (...values: readonly string[]) => ({enum: values});

const bypass = {bypass_reason: string};
const exemption = object({name: string, ...bypass}, ['name']);
const exemptions = listOf(exemption);
const ignoredFields = mapOf(exemptions);

const shared = {
  config_path: string,
  timeout_seconds: number,
  deployment_mode: oneOf('cloud', 'oss'),
};
const compatibility = object({
  previous_connector_version: string,
  disable_for_version: orNull(string),
});
const container = object({
  secrets_path: string,
  client_container_dockerfile_path: string,
  setup_command: listOf(string),
  teardown_command: listOf(string),
  between_syncs_command: listOf(string),
});
const cursorFormat = object({
  format: string,
  streams: listOf(object({name: string, format: string}, ['name'])),
});
const catalog = {configured_catalog_path: orNull(string), client_container_config: container};

const ENTRIES = {
  spec: {
    ...shared,
    spec_path: string,
    backward_compatibility_tests_config: compatibility,
    auth_default_method: object({oauth: flag, ...bypass}),
  },
  connection: {...shared, status: oneOf('succeed', 'failed', 'exception')},
  discovery: {
    ...shared,
    backward_compatibility_tests_config: compatibility,
    validate_primary_keys_data_type: flag,
  },
  basic_read: {
    ...shared,
    ...catalog,
    empty_streams: exemptions,
    expect_records: object({
      ...{path: string, ...bypass, exact_order: flag},
      ...{extra_fields: flag, extra_records: flag},
    }),
    ignored_fields: ignoredFields,
    validate_schema: flag,
    validate_stream_statuses: orNull(flag),
    validate_state_messages: flag,
    validate_primary_keys_data_type: flag,
    fail_on_extra_columns: flag,
    validate_data_points: flag,
    validate_output_from_all_streams: flag,
    expect_trace_message_on_failure: flag,
    file_types: object({
      skip_test: flag,
      ...bypass,
      unsupported_types: listOf(object({extension: string, ...bypass}, ['extension'])),
    }),
  },
  full_refresh: {...shared, ...catalog, ignored_fields: ignoredFields},
  incremental: {
    ...shared,
    ...catalog,
    future_state: object({
      ...{future_state_path: string, missing_streams: exemptions, ...bypass},
      cursor_format: cursorFormat,
    }),
    cursor_paths: mapOf({type: ['string', 'array'], description: 'a path, as a list of names'}),
    threshold_days: number,
    skip_comprehensive_incremental_tests: flag,
  },
  connector_attributes: {
    ...shared,
    streams_without_primary_key: exemptions,
    allowed_hosts: object(bypass),
    suggested_streams: object(bypass),
  },
  connector_documentation: shared,
};

const suites = Object.fromEntries(
  Object.entries(ENTRIES).map(([name, keys]) => [
    name,
    object({...bypass, tests: listOf(object(keys))}),
  ]),
);

export const CONFIG_SCHEMA = object(
  {
    connector_image: string,
    base_path: orNull(string),
    test_strictness_level: oneOf('low', 'high'),
    custom_environment_variables: {
      ...mapOf({type: ['string', 'number', 'boolean'], description: 'a string'}),
    },
    cached_discovered_catalog: flag,
    acceptance_tests: object(suites),
  },
  ['connector_image', 'acceptance_tests'],
);
