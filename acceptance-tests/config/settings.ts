// The settings of one run, from acceptance-test-config.yml and the command line.
import type {JsonObject} from '../../cdk/json/values.ts';

/** A stream or field that a check leaves out, and why. */
export interface Exemption {
  readonly name: string;
  readonly reason: string | undefined;
}

/** By stream: fields that are not compared. */
export type IgnoredFields = Readonly<Record<string, readonly Exemption[]>>;

interface Entry {
  /** Absolute. */
  readonly configPath: string;
  /** Milliseconds for one run of a command. */
  readonly timeout: number;
  readonly deploymentMode: 'cloud' | 'oss' | undefined;
}

export interface BackwardCompatibility {
  /** A tag of the connector's image. */
  readonly previousVersion: string;
  /** No comparison while this is the previous version. */
  readonly disableForVersion: string | undefined;
}

export interface SpecEntry extends Entry {
  readonly specPath: string | undefined;
  readonly backwardCompatibility: BackwardCompatibility;
  readonly oauthIsDefault: boolean;
  readonly oauthBypass: string | undefined;
}

export interface ConnectionEntry extends Entry {
  readonly status: 'succeed' | 'failed' | 'exception';
}

export interface DiscoveryEntry extends Entry {
  readonly backwardCompatibility: BackwardCompatibility;
  readonly validatePrimaryKeys: boolean;
}

export interface ExpectedRecords {
  readonly path: string | undefined;
  readonly exactOrder: boolean;
  /** Records may have fields that the expected ones do not have. */
  readonly extraFields: boolean;
  /** Other records may be read, too. */
  readonly extraRecords: boolean;
  readonly bypass: string | undefined;
}

export interface BasicReadEntry extends Entry {
  readonly catalogPath: string | undefined;
  readonly emptyStreams: readonly Exemption[];
  readonly expectRecords: ExpectedRecords | undefined;
  readonly validateSchema: boolean;
  /** Undefined: only if the connector is certified. */
  readonly validateStatuses: boolean | undefined;
  readonly validateStates: boolean;
  readonly validatePrimaryKeys: boolean;
  readonly failOnExtraColumns: boolean;
  readonly validateDataPoints: boolean;
  readonly expectTraceOnFailure: boolean;
  readonly fileTypes: {
    /** The reason to skip the check. */
    readonly bypass: string | undefined;
    /** Extensions, such as `.csv`, that the connector can't read. */
    readonly unsupported: readonly string[];
  };
}

export interface FullRefreshEntry extends Entry {
  readonly catalogPath: string | undefined;
  readonly ignoredFields: IgnoredFields;
}

interface FutureState {
  readonly path: string | undefined;
  readonly missingStreams: readonly Exemption[];
  readonly bypass: string | undefined;
}

export interface IncrementalEntry extends Entry {
  readonly catalogPath: string | undefined;
  readonly futureState: FutureState | undefined;
  /** By stream: the path of the cursor in the state, if it is not under the field's own name. */
  readonly cursorPaths: Readonly<Record<string, readonly string[]>>;
  /** The number of days by which a new record may be older than the state. */
  readonly thresholdDays: number;
  readonly skipComprehensive: boolean;
}

export interface AttributesEntry extends Entry {
  readonly streamsWithoutPrimaryKey: readonly Exemption[];
  readonly allowedHostsBypass: string | undefined;
  readonly suggestedStreamsBypass: string | undefined;
}

/** The entries of a suite, or the reason why it is not run. */
export type Suite<E> = {readonly bypass: string} | {readonly entries: readonly E[]} | undefined;

/** The suites of Airbyte's own acceptance tests. */
export interface Suites {
  readonly spec?: Suite<SpecEntry>;
  readonly connection?: Suite<ConnectionEntry>;
  readonly discovery?: Suite<DiscoveryEntry>;
  readonly basic_read?: Suite<BasicReadEntry>;
  readonly full_refresh?: Suite<FullRefreshEntry>;
  readonly incremental?: Suite<IncrementalEntry>;
  readonly connector_attributes?: Suite<AttributesEntry>;
  readonly connector_documentation?: Suite<Entry>;
}

/** Saved payloads of the SPEC and the CATALOG of the previous version. */
export interface Previous {
  readonly spec?: JsonObject | undefined;
  readonly catalog?: JsonObject | undefined;
}

export interface Settings {
  /** The folder that the file's paths are relative to. */
  readonly folder: string;
  readonly strictness: 'low' | 'high';
  readonly suites?: Suites;
  /** `connector_image` of the file. */
  readonly image?: string | undefined;
  /** Flags of each `docker run`, of the tested image and of the previous one. */
  readonly dockerFlags?: readonly string[] | undefined;
  /** Saved output of the previous version, which is compared instead of an image's. */
  readonly previous?: Previous;
  /** For each run of the connector. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Limits that replace the defaults: of the suite `beyond`, and of every run. */
  readonly limits?: {
    /** Bytes of resident memory in a read. */
    readonly memory?: number | undefined;
    /** Milliseconds that `spec` may take. */
    readonly startUp?: number | undefined;
    /** Characters that a run may print. */
    readonly output?: number | undefined;
  };
  /** The `data` of the metadata.yaml beside the file, if it can be read. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}
