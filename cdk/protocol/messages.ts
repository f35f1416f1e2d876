// Makes the messages that a source emits. Wire names stay in this file.
import type {FailureType} from '../errors.ts';
import {parseAll, type RawRecords} from '../json/raw-records.ts';
import {excerpt} from '../json/trim.ts';
import type {JsonObject} from '../json/values.ts';
import type {
  AirbyteLogMessage,
  AirbyteMessage,
  AirbyteRecordMessageMetaChange,
  StreamDescriptor,
} from './generated/airbyte.ts';

export type LogLevel = AirbyteLogMessage['level'];
export type StreamStatus = 'STARTED' | 'RUNNING' | 'COMPLETE' | 'INCOMPLETE';

/** A change that the kit made to a record, for its `meta.changes`. */
export type RecordChange = AirbyteRecordMessageMetaChange;

/** Many RECORD messages of one stream in one value: pages flow through the kit, not records. */
export type RecordPage = {
  readonly type: 'PAGE';
  readonly stream: StreamDescriptor;
  readonly records: readonly object[];
  /** Epoch milliseconds. */
  readonly emittedAt: number;
  /** The changes of each altered record, by its index in `records`. */
  readonly changes?: ReadonlyMap<number, readonly RecordChange[]>;
  /** The same records as bytes, which are then printed unchanged. */
  readonly raw?: RawRecords;
};

/** A page of records that pass through as bytes. They are parsed if `records` is read. */
export const rawPage = (
  stream: StreamDescriptor,
  raw: RawRecords,
  emittedAt: number,
): RecordPage => ({
  type: 'PAGE',
  stream,
  get records() {
    return parseAll(raw);
  },
  raw,
  emittedAt,
});

export type Emission = AirbyteMessage | RecordPage;

export type Failure = {
  readonly type: FailureType;
  /** Tells the user what failed and what to do. */
  readonly message: string;
  readonly internalMessage?: string | undefined;
  readonly stack?: string | undefined;
  readonly stream?: StreamDescriptor;
};

/** Places that quote text of others cut it themselves. This is for those of a source, and of libraries. */
const MAX_MESSAGE = 10_000;
const MAX_STACK = 20_000;

const withStack = (stack: string | undefined) =>
  stack === undefined ? {} : {stack_trace: excerpt(stack, MAX_STACK)};

export const logMessage = (level: LogLevel, message: string, stack?: string): AirbyteMessage => ({
  type: 'LOG',
  log: {level, message: excerpt(message, MAX_MESSAGE), ...withStack(stack)},
});

/** The platform replaces the whole config that it has by this one. */
export const configChange = (config: JsonObject, now: number): AirbyteMessage => ({
  type: 'CONTROL',
  control: {type: 'CONNECTOR_CONFIG', emitted_at: now, connectorConfig: {config}},
});

export const connectionStatus = (
  status: 'SUCCEEDED' | 'FAILED',
  message?: string,
): AirbyteMessage => ({
  type: 'CONNECTION_STATUS',
  connectionStatus: {
    status,
    ...(message !== undefined && {message: excerpt(message, MAX_MESSAGE)}),
  },
});

/** @param count the number of RECORDs of the stream since its previous STATE */
export const stateMessage = (
  stream: StreamDescriptor,
  blob: JsonObject,
  count: number,
): AirbyteMessage => ({
  type: 'STATE',
  state: {
    type: 'STREAM',
    stream: {stream_descriptor: stream, stream_state: blob},
    sourceStats: {recordCount: count},
  },
});

/** @param quotaReset the time until which a RUNNING stream waits for the API, in epoch milliseconds */
export const streamStatus = (
  stream: StreamDescriptor,
  status: StreamStatus,
  now: number,
  quotaReset?: number,
): AirbyteMessage => ({
  type: 'TRACE',
  trace: {
    type: 'STREAM_STATUS',
    emitted_at: now,
    stream_status: {
      stream_descriptor: stream,
      status,
      ...(quotaReset !== undefined && {
        reasons: [{type: 'RATE_LIMITED', rate_limited: {quota_reset: Math.ceil(quotaReset)}}],
      }),
    },
  },
});

export const errorTrace = (
  {type, message, internalMessage, stack, stream}: Failure,
  now: number,
): AirbyteMessage => ({
  type: 'TRACE',
  trace: {
    type: 'ERROR',
    emitted_at: now,
    error: {
      message: excerpt(message, MAX_MESSAGE),
      ...(internalMessage !== undefined && {
        internal_message: excerpt(internalMessage, MAX_MESSAGE),
      }),
      ...withStack(stack),
      failure_type: type,
      ...(stream !== undefined && {stream_descriptor: stream}),
    },
  },
});
