// From ../airbyte.schema.json by `npm run generate`.

/**
 * How a destination joins new records to those it has.
 */
export type DestinationSyncMode =
  'append' | 'overwrite' | 'append_dedup' | 'update' | 'soft_delete';
/**
 * Read everything, or only what is new since the last state.
 */
export type SyncMode = 'full_refresh' | 'incremental';
/**
 * Which key holds the state: STREAM `stream`, GLOBAL `global`, LEGACY `data`. Without it, LEGACY.
 */
export type AirbyteStateType = 'GLOBAL' | 'STREAM' | 'LEGACY';
/**
 * How far a stream is: begun, sending, fully read, or broken off.
 */
export type AirbyteStreamStatus = 'STARTED' | 'RUNNING' | 'COMPLETE' | 'INCOMPLETE';
/**
 * Why a stream is as it is: it waits for a rate limit.
 */
export type AirbyteStreamStatusReasonType = 'RATE_LIMITED';

/**
 * Every message of Airbyte protocol 0.18, and the catalog a read is configured with.
 */
export interface AirbyteProtocol {
  airbyte_message?: AirbyteMessage;
  configured_airbyte_catalog?: ConfiguredAirbyteCatalog;
}
/**
 * One line on stdout: an envelope whose `type` says which payload key is filled.
 */
export interface AirbyteMessage {
  /**
   * Kind of message; it decides which of the other keys carries the payload.
   */
  type:
    | 'RECORD'
    | 'STATE'
    | 'LOG'
    | 'SPEC'
    | 'CONNECTION_STATUS'
    | 'CATALOG'
    | 'TRACE'
    | 'CONTROL'
    | 'DESTINATION_CATALOG';
  log?: AirbyteLogMessage;
  spec?: ConnectorSpecification;
  connectionStatus?: AirbyteConnectionStatus;
  catalog?: AirbyteCatalog;
  record?: AirbyteRecordMessage;
  state?: AirbyteStateMessage;
  trace?: AirbyteTraceMessage;
  control?: AirbyteControlMessage;
  destination_catalog?: DestinationCatalog;
}
/**
 * A line for the log.
 */
export interface AirbyteLogMessage {
  /**
   * Severity, gravest first.
   */
  level: 'FATAL' | 'ERROR' | 'WARN' | 'INFO' | 'DEBUG' | 'TRACE';
  /**
   * The text.
   */
  message: string;
  /**
   * Stack of the error the text is about, if it is about one.
   */
  stack_trace?: string;
}
/**
 * The answer of `spec`: what the connector needs to know, and what it can do.
 */
export interface ConnectorSpecification {
  /**
   * Address of the connector's documentation.
   */
  documentationUrl?: string;
  /**
   * Address of the connector's list of changes.
   */
  changelogUrl?: string;
  /**
   * JSON Schema (draft-07) of the config, with Airbyte's annotations such as airbyte_secret.
   */
  connectionSpecification: {
    [k: string]: unknown;
  };
  /**
   * Deprecated: whether any stream can be read incrementally.
   */
  supportsIncremental?: boolean;
  /**
   * Whether a destination can have its tables normalized. False when left out.
   */
  supportsNormalization?: boolean;
  /**
   * Whether a destination can run dbt. False when left out.
   */
  supportsDBT?: boolean;
  /**
   * The ways a destination can write.
   */
  supported_destination_sync_modes?: DestinationSyncMode[];
  /**
   * Deprecated, see advanced_auth: the OAuth flow of the connector.
   */
  authSpecification?: {
    /**
     * Version of OAuth.
     */
    auth_type?: 'oauth2.0';
    oauth2Specification?: OAuth2Specification;
  };
  /**
   * An OAuth flow the platform may offer, besides typing credentials into the config.
   */
  advanced_auth?: {
    /**
     * Version of OAuth.
     */
    auth_flow_type?: 'oauth2.0' | 'oauth1.0';
    /**
     * Path of the config field that must be present for the flow to be offered.
     */
    predicate_key?: string[];
    /**
     * Value that field must have.
     */
    predicate_value?: string;
    oauth_config_specification?: OAuthConfigSpecification;
  };
  /**
   * Version of the protocol the connector speaks, as semver.
   */
  protocol_version?: string;
}
/**
 * Deprecated, see advanced_auth: where an OAuth flow's parameters stand in the config.
 */
export interface OAuth2Specification {
  /**
   * Path of the object that holds the parameters; a number picks an option of a oneOf.
   */
  rootObject?: (string | number)[];
  /**
   * Paths, below rootObject, of the fields the flow starts from.
   */
  oauthFlowInitParameters?: string[][];
  /**
   * Paths, below rootObject, of the fields the flow fills in.
   */
  oauthFlowOutputParameters?: string[][];
}
/**
 * What goes into an OAuth flow and where its results go.
 */
export interface OAuthConfigSpecification {
  /**
   * JSON Schema of the config fields the flow reads; each property's path_in_connector_config says where it stands.
   */
  oauth_user_input_from_connector_config_specification?: {
    [k: string]: unknown;
  };
  /**
   * The flow itself, as templates the platform fills in.
   */
  oauth_connector_input_specification?: {
    /**
     * Template of the address where the user grants access.
     */
    consent_url: string;
    /**
     * The scopes to ask for, in one string.
     */
    scope?: string;
    /**
     * Template of the address that gives tokens for a code.
     */
    access_token_url: string;
    /**
     * Headers of the request for tokens; values are templates.
     */
    access_token_headers?: {
      [k: string]: unknown;
    };
    /**
     * Parameters of the request for tokens; values are templates.
     */
    access_token_params?: {
      [k: string]: unknown;
    };
    /**
     * Keys to take from the token response.
     */
    extract_output?: string[];
    /**
     * Bounds for the length of the random state parameter.
     */
    state?: {
      /**
       * Fewest characters.
       */
      min?: number;
      /**
       * Most characters.
       */
      max?: number;
    };
    /**
     * What the API calls client_id, where it differs.
     */
    client_id_key?: string;
    /**
     * What the API calls client_secret, where it differs.
     */
    client_secret_key?: string;
    /**
     * What the API calls scope, where it differs.
     */
    scope_key?: string;
    /**
     * What the API calls state, where it differs.
     */
    state_key?: string;
    /**
     * What the API calls code, where it differs.
     */
    auth_code_key?: string;
    /**
     * What the API calls redirect_uri, where it differs.
     */
    redirect_uri_key?: string;
    /**
     * What the API calls the field with the token's expiry, where it differs.
     */
    token_expiry_key?: string;
  };
  /**
   * JSON Schema of what the flow returns; path_in_connector_config says where each value goes, path_in_oauth_response where it comes from.
   */
  complete_oauth_output_specification?: {
    [k: string]: unknown;
  };
  /**
   * JSON Schema of what only the platform's administrator knows, such as client_secret.
   */
  complete_oauth_server_input_specification?: {
    [k: string]: unknown;
  };
  /**
   * JSON Schema of those administrator's values that the config needs too; path_in_connector_config says where.
   */
  complete_oauth_server_output_specification?: {
    [k: string]: unknown;
  };
}
/**
 * The answer of `check`.
 */
export interface AirbyteConnectionStatus {
  /**
   * Whether the config gives access to the source.
   */
  status: 'SUCCEEDED' | 'FAILED';
  /**
   * Why it failed and what to do about it, in words for the user.
   */
  message?: string;
}
/**
 * The answer of `discover`: all streams the source can read.
 */
export interface AirbyteCatalog {
  /**
   * One entry per stream; a name appears once.
   */
  streams: AirbyteStream[];
}
/**
 * A stream as the source offers it.
 */
export interface AirbyteStream {
  /**
   * Name of the stream.
   */
  name: string;
  /**
   * JSON Schema (draft-07) of one record.
   */
  json_schema: {
    [k: string]: unknown;
  };
  /**
   * Ways the stream can be read, at least one. Some clients take the first as default.
   *
   * @minItems 1
   */
  supported_sync_modes: [SyncMode, ...SyncMode[]];
  /**
   * True when the source chooses the cursor itself and ignores a configured one.
   */
  source_defined_cursor?: boolean;
  /**
   * Path of the cursor to use when none is configured.
   */
  default_cursor_field?: string[];
  /**
   * Paths of the fields that together identify a record.
   */
  source_defined_primary_key?: string[][];
  /**
   * Group the stream belongs to, such as a database schema; left out when there is none.
   */
  namespace?: string;
  /**
   * True when a broken-off read can go on from its last state; always so with incremental.
   */
  is_resumable?: boolean;
  /**
   * True when each record describes a file that can be transferred with it.
   */
  is_file_based?: boolean;
}
/**
 * One record of one stream.
 */
export interface AirbyteRecordMessage {
  /**
   * Namespace of the stream, exactly as in the catalog; left out when it has none.
   */
  namespace?: string;
  /**
   * Name of the stream, exactly as in the catalog.
   */
  stream: string;
  /**
   * The record's fields, in the shape of the stream's json_schema. The platform drops an empty object.
   */
  data: {
    [k: string]: unknown;
  };
  /**
   * When the source wrote the record, in whole milliseconds since 1970 UTC.
   */
  emitted_at: number;
  meta?: AirbyteRecordMessageMeta;
  file_reference?: AirbyteRecordMessageFileReference;
}
/**
 * What happened to a record on its way, as far as it differs from what the API sent.
 */
export interface AirbyteRecordMessageMeta {
  /**
   * Fields whose value was altered, one entry each.
   */
  changes?: AirbyteRecordMessageMetaChange[];
}
/**
 * One altered field of a record.
 */
export interface AirbyteRecordMessageMetaChange {
  /**
   * Name of the altered field.
   */
  field: string;
  /**
   * Whether the value was replaced by null or cut short.
   */
  change: 'NULLED' | 'TRUNCATED';
  /**
   * Who had to alter the value, and over what. A source gives a SOURCE_ reason.
   */
  reason:
    | 'SOURCE_RECORD_SIZE_LIMITATION'
    | 'DESTINATION_RECORD_SIZE_LIMITATION'
    | 'PLATFORM_RECORD_SIZE_LIMITATION'
    | 'SOURCE_FIELD_SIZE_LIMITATION'
    | 'DESTINATION_FIELD_SIZE_LIMITATION'
    | 'PLATFORM_FIELD_SIZE_LIMITATION'
    | 'SOURCE_SERIALIZATION_ERROR'
    | 'DESTINATION_SERIALIZATION_ERROR'
    | 'PLATFORM_SERIALIZATION_ERROR'
    | 'SOURCE_RETRIEVAL_ERROR'
    | 'DESTINATION_TYPECAST_ERROR';
}
/**
 * Where the file behind a record was put; only for streams of files.
 */
export interface AirbyteRecordMessageFileReference {
  /**
   * Absolute path of the copy in the staging directory.
   */
  staging_file_url?: string;
  /**
   * Path of the file in the source, relative to the source's root.
   */
  source_file_relative_path?: string;
  /**
   * Size of the file in bytes.
   */
  file_size_bytes?: number;
}
/**
 * A checkpoint: every record emitted before it, of the streams it covers, need not be read again.
 */
export interface AirbyteStateMessage {
  type?: AirbyteStateType;
  stream?: AirbyteStreamState;
  global?: AirbyteGlobalState;
  /**
   * Deprecated: the state of all streams in one object, for type LEGACY.
   */
  data?: {
    [k: string]: unknown;
  };
  sourceStats?: AirbyteStateStats;
  destinationStats?: AirbyteStateStats;
}
/**
 * The state of one stream.
 */
export interface AirbyteStreamState {
  stream_descriptor: StreamDescriptor;
  stream_state?: AirbyteStateBlob;
}
/**
 * Names one stream of the catalog.
 */
export interface StreamDescriptor {
  /**
   * Name of the stream.
   */
  name: string;
  /**
   * Namespace of the stream; left out when it has none.
   */
  namespace?: string;
}
/**
 * A position in the data. Only the source that wrote it reads it; everyone else hands it on unchanged.
 */
export interface AirbyteStateBlob {
  [k: string]: unknown;
}
/**
 * The state of all streams together, for sources whose streams share a cursor.
 */
export interface AirbyteGlobalState {
  shared_state?: AirbyteStateBlob;
  /**
   * What belongs to single streams, one entry each.
   */
  stream_states: AirbyteStreamState[];
}
/**
 * Counts of the records a state message covers: those since the previous one of the same stream.
 */
export interface AirbyteStateStats {
  /**
   * Records emitted. A whole number, held as a double.
   */
  recordCount?: number;
  /**
   * Records refused. A whole number, held as a double.
   */
  rejectedRecordCount?: number;
}
/**
 * News about the run itself; `type` says which of the other keys carries it.
 */
export interface AirbyteTraceMessage {
  /**
   * Kind of news.
   */
  type: 'ERROR' | 'ESTIMATE' | 'STREAM_STATUS' | 'ANALYTICS';
  /**
   * When it was written, in milliseconds since 1970 UTC; a fraction is allowed.
   */
  emitted_at: number;
  error?: AirbyteErrorTraceMessage;
  estimate?: AirbyteEstimateTraceMessage;
  stream_status?: AirbyteStreamStatusTraceMessage;
  analytics?: AirbyteAnalyticsTraceMessage;
}
/**
 * A failure of the whole run or of one stream.
 */
export interface AirbyteErrorTraceMessage {
  /**
   * What went wrong and what to do about it, in words for the user.
   */
  message: string;
  /**
   * The same for whoever debugs it: the underlying error's own words.
   */
  internal_message?: string;
  /**
   * Stack of the underlying error.
   */
  stack_trace?: string;
  /**
   * Who can help: the connector's maker (system_error), the user (config_error), or time (transient_error).
   */
  failure_type?: 'system_error' | 'config_error' | 'transient_error';
  stream_descriptor?: StreamDescriptor;
}
/**
 * A guess at how much a sync will bring; a later one replaces an earlier one.
 */
export interface AirbyteEstimateTraceMessage {
  /**
   * Name of the stream.
   */
  name: string;
  /**
   * Whether the guess is about one stream or the whole sync. One sync uses only one of the two.
   */
  type: 'STREAM' | 'SYNC';
  /**
   * Namespace of the stream; left out when it has none.
   */
  namespace?: string;
  /**
   * Number of records expected.
   */
  row_estimate?: number;
  /**
   * Number of bytes expected.
   */
  byte_estimate?: number;
}
/**
 * The status of one stream from now on.
 */
export interface AirbyteStreamStatusTraceMessage {
  stream_descriptor: StreamDescriptor;
  status: AirbyteStreamStatus;
  /**
   * What explains the status, if anything needs to.
   */
  reasons?: AirbyteStreamStatusReason[];
}
/**
 * A reason for a stream's status; `type` says which.
 */
export interface AirbyteStreamStatusReason {
  type: AirbyteStreamStatusReasonType;
  rate_limited?: AirbyteStreamStatusRateLimitedReason;
}
/**
 * How long the rate limit will last.
 */
export interface AirbyteStreamStatusRateLimitedReason {
  /**
   * When requests are allowed again, in milliseconds since 1970 UTC, if known.
   */
  quota_reset?: number;
}
/**
 * An event about the connector's inner workings, counted across all its users.
 */
export interface AirbyteAnalyticsTraceMessage {
  /**
   * Name of the event: one of a fixed set, never built from data.
   */
  type: string;
  /**
   * Any text that goes with the event; a number is written as text too.
   */
  value?: string;
}
/**
 * A request to the platform; `type` says which.
 */
export interface AirbyteControlMessage {
  /**
   * What is asked for: to keep a changed config.
   */
  type: 'CONNECTOR_CONFIG';
  /**
   * When it was written, in milliseconds since 1970 UTC; a fraction is allowed.
   */
  emitted_at: number;
  connectorConfig?: AirbyteControlConnectorConfigMessage;
}
/**
 * The config to use from the next run on, such as one with a rotated refresh token.
 */
export interface AirbyteControlConnectorConfigMessage {
  /**
   * The whole config, not only what changed; it must satisfy the spec.
   */
  config: {
    [k: string]: unknown;
  };
}
/**
 * A destination's answer to `discover`: what can be written to it.
 */
export interface DestinationCatalog {
  /**
   * One entry per object and way of writing it.
   */
  operations: DestinationOperation[];
}
/**
 * One way to write one of a destination's objects.
 */
export interface DestinationOperation {
  /**
   * Name of the object.
   */
  object_name: string;
  sync_mode: DestinationSyncMode;
  /**
   * JSON Schema (draft-07) of one record to write.
   */
  json_schema: {
    [k: string]: unknown;
  };
  /**
   * Paths of the fields by which an existing record can be found.
   */
  matching_keys?: string[][];
}
/**
 * The streams a `read` is to bring, and how.
 */
export interface ConfiguredAirbyteCatalog {
  /**
   * One entry per stream to read; the others are left alone.
   */
  streams: ConfiguredAirbyteStream[];
}
/**
 * One stream to read.
 */
export interface ConfiguredAirbyteStream {
  stream: AirbyteStream;
  sync_mode: SyncMode;
  /**
   * Path of the cursor the user chose, for incremental reads.
   */
  cursor_field?: string[];
  destination_sync_mode: DestinationSyncMode;
  /**
   * Object of the destination that receives the records.
   */
  destination_object_name?: string;
  /**
   * Paths of the fields by which the destination recognises a record it already has.
   */
  primary_key?: string[][];
  /**
   * Number of the stream's current generation; it grows with each refresh. For destinations.
   */
  generation_id?: number;
  /**
   * Oldest generation to keep; 0 keeps everything. For destinations.
   */
  minimum_generation_id?: number;
  /**
   * Number of this sync; it grows with each one. For destinations.
   */
  sync_id?: number;
  /**
   * Whether a file-based stream brings its files too, or only their records.
   */
  include_files?: boolean;
}
