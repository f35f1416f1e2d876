// Converts the model of the file to settings: makes paths absolute and fills in defaults.
import {join} from 'node:path';
import type {RawConfig, RawEntry, RawExemption, RawSuite} from './model.ts';
import type {
  AttributesEntry,
  BackwardCompatibility,
  BasicReadEntry,
  ConnectionEntry,
  DiscoveryEntry,
  Exemption,
  FullRefreshEntry,
  IgnoredFields,
  IncrementalEntry,
  SpecEntry,
  Suite,
  Suites,
} from './settings.ts';

const SECOND = 1000;

/** Default timeouts of one run in seconds, the same as in Airbyte's own tests. */
const TIMEOUTS = {spec: 60, connection: 60, discovery: 300, read: 1200} as const;

type Convert<E> = (raw: RawEntry, folder: string) => E;

const optional = (folder: string, path: string | null | undefined): string | undefined =>
  path ? join(folder, path) : undefined;

const shared = (raw: RawEntry, folder: string, seconds: number) => ({
  configPath: join(folder, raw.config_path ?? 'secrets/config.json'),
  timeout: (raw.timeout_seconds ?? seconds) * SECOND,
  deploymentMode: raw.deployment_mode,
});

const exemptions = (list: readonly RawExemption[] = []): readonly Exemption[] =>
  list.map(({name, bypass_reason: reason}) => ({name, reason}));

const ignoredFields = (raw: RawEntry): IgnoredFields =>
  Object.fromEntries(
    Object.entries(raw.ignored_fields ?? {}).map(([stream, list]) => [stream, exemptions(list)]),
  );

const compatibility = (raw: RawEntry): BackwardCompatibility => {
  const given = raw.backward_compatibility_tests_config;
  return {
    previousVersion: given?.previous_connector_version ?? 'latest',
    disableForVersion: given?.disable_for_version ?? undefined,
  };
};

const spec: Convert<SpecEntry> = (raw, folder) => ({
  ...shared(raw, folder, TIMEOUTS.spec),
  specPath: optional(folder, raw.spec_path),
  backwardCompatibility: compatibility(raw),
  oauthIsDefault: raw.auth_default_method?.oauth ?? true,
  oauthBypass: raw.auth_default_method?.bypass_reason,
});

const connection: Convert<ConnectionEntry> = (raw, folder) => ({
  ...shared(raw, folder, TIMEOUTS.connection),
  status: raw.status ?? 'succeed',
});

const discovery: Convert<DiscoveryEntry> = (raw, folder) => ({
  ...shared(raw, folder, TIMEOUTS.discovery),
  backwardCompatibility: compatibility(raw),
  validatePrimaryKeys: raw.validate_primary_keys_data_type ?? true,
});

const basicRead: Convert<BasicReadEntry> = (raw, folder) => ({
  ...shared(raw, folder, TIMEOUTS.read),
  catalogPath: optional(folder, raw.configured_catalog_path),
  emptyStreams: exemptions(raw.empty_streams),
  expectRecords: raw.expect_records && {
    path: optional(folder, raw.expect_records.path),
    exactOrder: raw.expect_records.exact_order ?? false,
    extraFields: raw.expect_records.extra_fields ?? true,
    extraRecords: raw.expect_records.extra_records ?? true,
    bypass: raw.expect_records.bypass_reason,
  },
  validateSchema: raw.validate_schema ?? true,
  validateStatuses: raw.validate_stream_statuses ?? undefined,
  validateStates: raw.validate_state_messages ?? true,
  validatePrimaryKeys: raw.validate_primary_keys_data_type ?? true,
  failOnExtraColumns: raw.fail_on_extra_columns ?? true,
  validateDataPoints: raw.validate_data_points ?? false,
  expectTraceOnFailure: raw.expect_trace_message_on_failure ?? true,
  fileTypes: {
    bypass: raw.file_types?.skip_test
      ? (raw.file_types.bypass_reason ?? 'the config has skip_test')
      : undefined,
    unsupported: (raw.file_types?.unsupported_types ?? []).map(({extension}) => extension),
  },
});

const fullRefresh: Convert<FullRefreshEntry> = (raw, folder) => ({
  ...shared(raw, folder, TIMEOUTS.read),
  catalogPath: optional(folder, raw.configured_catalog_path),
  ignoredFields: ignoredFields(raw),
});

const pathOf = (path: string | readonly string[]): readonly string[] =>
  typeof path === 'string' ? path.split('/').filter(Boolean) : path.map(String);

const incremental: Convert<IncrementalEntry> = (raw, folder) => ({
  ...shared(raw, folder, TIMEOUTS.read),
  catalogPath: optional(folder, raw.configured_catalog_path),
  futureState: raw.future_state && {
    path: optional(folder, raw.future_state.future_state_path),
    missingStreams: exemptions(raw.future_state.missing_streams),
    bypass: raw.future_state.bypass_reason,
  },
  cursorPaths: Object.fromEntries(
    Object.entries(raw.cursor_paths ?? {}).map(([stream, path]) => [stream, pathOf(path)]),
  ),
  thresholdDays: raw.threshold_days ?? 0,
  skipComprehensive: raw.skip_comprehensive_incremental_tests ?? false,
});

const attributes: Convert<AttributesEntry> = (raw, folder) => ({
  ...shared(raw, folder, TIMEOUTS.discovery),
  streamsWithoutPrimaryKey: exemptions(raw.streams_without_primary_key),
  allowedHostsBypass: raw.allowed_hosts?.bypass_reason,
  suggestedStreamsBypass: raw.suggested_streams?.bypass_reason,
});

const documentation: Convert<ReturnType<typeof shared>> = (raw, folder) =>
  shared(raw, folder, TIMEOUTS.spec);

export const suitesOf = (config: RawConfig, folder: string): Suites => {
  const suite = <E>(raw: RawSuite | undefined, convert: Convert<E>): Suite<E> => {
    if (raw === undefined) return undefined;
    if (raw.bypass_reason !== undefined) return {bypass: raw.bypass_reason};
    return {entries: (raw.tests ?? []).map((entry) => convert(entry, folder))};
  };
  const raw = config.acceptance_tests;
  return {
    spec: suite(raw['spec'], spec),
    connection: suite(raw['connection'], connection),
    discovery: suite(raw['discovery'], discovery),
    basic_read: suite(raw['basic_read'], basicRead),
    full_refresh: suite(raw['full_refresh'], fullRefresh),
    incremental: suite(raw['incremental'], incremental),
    connector_attributes: suite(raw['connector_attributes'], attributes),
    connector_documentation: suite(raw['connector_documentation'], documentation),
  };
};
