// The settings of one run of the suite, as read from acceptance-test-config.yml and the command line (config/ reads them).
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
  readonly bypass: string | undefined;
}

export interface BasicReadEntry extends Entry {
  readonly catalogPath: string | undefined;
  readonly emptyStreams: readonly Exemption[];
  readonly expectRecords: ExpectedRecords | undefined;
  readonly validateSchema: boolean;
  /** `undefined`: where the connector is certified. */
  readonly validateStatuses: boolean | undefined;
  readonly validateStates: boolean;
  readonly validatePrimaryKeys: boolean;
  readonly failOnExtraColumns: boolean;
  readonly validateDataPoints: boolean;
  readonly expectTraceOnFailure: boolean;
  readonly fileTypes: {
    /** Why they are not looked at. */
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
  /** Where a stream's cursor is in its state, by stream, where it is not under the field's own name. */
  readonly cursorPaths: Readonly<Record<string, readonly string[]>>;
  /** By how many days a later record may be older than the state. */
  readonly thresholdDays: number;
  readonly skipComprehensive: boolean;
}

export interface AttributesEntry extends Entry {
  readonly streamsWithoutPrimaryKey: readonly Exemption[];
  readonly allowedHostsBypass: string | undefined;
  readonly suggestedStreamsBypass: string | undefined;
}

/** What a suite is run with: its entries, or why it is not run. */
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

/** Answers of the version before: payloads of its SPEC and its CATALOG. */
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
  /** Flags of each `docker run`, of the image and of the one before it. */
  readonly dockerFlags?: readonly string[] | undefined;
  /** What the version before answered, where it was saved: it is compared with, instead of an image. */
  readonly previous?: Previous;
  /** For each run of the connector. */
  readonly environment?: Readonly<Record<string, string>>;
  /** What the suite `beyond` allows, where it is not what it allows by itself. */
  readonly limits?: {
    /** Bytes of resident memory in a read. */
    readonly memory?: number | undefined;
    /** Milliseconds until `spec` has answered. */
    readonly startUp?: number | undefined;
  };
  /** metadata.yaml beside the file, where there is one that can be read: its `data`. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}
