// Makers of the messages a source emits. Wire names stay in here.
import type {FailureType} from '../errors.ts';
import {parseAll, type RawRecords} from '../json/raw-records.ts';
import type {JsonObject} from '../json/values.ts';
import type {
  AirbyteLogMessage,
  AirbyteMessage,
  AirbyteRecordMessageMetaChange,
  StreamDescriptor,
} from './generated/airbyte.ts';

export type LogLevel = AirbyteLogMessage['level'];
export type StreamStatus = 'STARTED' | 'RUNNING' | 'COMPLETE' | 'INCOMPLETE';

/** What the source had to alter in a record, for its `meta.changes`. */
export type RecordChange = AirbyteRecordMessageMetaChange;

/** Many RECORD messages of one stream in one value: pages travel through the kit, not records. */
export type RecordPage = {
  readonly type: 'PAGE';
  readonly stream: StreamDescriptor;
  readonly records: readonly object[];
  /** Epoch milliseconds. */
  readonly emittedAt: number;
  /** What was altered, by the place of the record in `records`; absent where nothing was. */
  readonly changes?: ReadonlyMap<number, readonly RecordChange[]>;
  /** The same records as they came; their bytes go out then. */
  readonly raw?: RawRecords;
};

/** A page of records that nobody has to look at: they are parsed for whoever does. */
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

/** What a command hands to the output. */
export type Emission = AirbyteMessage | RecordPage;

/** A failure, in the terms of a TRACE ERROR. */
export type Failure = {
  readonly type: FailureType;
  /** For the user: what failed and what to do. */
  readonly message: string;
  readonly internalMessage?: string | undefined;
  readonly stack?: string | undefined;
  readonly stream?: StreamDescriptor;
};

export const logMessage = (level: LogLevel, message: string, stack?: string): AirbyteMessage => ({
  type: 'LOG',
  log: {level, message, ...(stack !== undefined && {stack_trace: stack})},
});

/** The whole config as it must be saved: the platform puts it in the place of the one it has. */
export const configChange = (config: JsonObject, now: number): AirbyteMessage => ({
  type: 'CONTROL',
  control: {type: 'CONNECTOR_CONFIG', emitted_at: now, connectorConfig: {config}},
});

export const connectionStatus = (
  status: 'SUCCEEDED' | 'FAILED',
  message?: string,
): AirbyteMessage => ({
  type: 'CONNECTION_STATUS',
  connectionStatus: {status, ...(message !== undefined && {message})},
});

/** `count` is the number of RECORDs of the stream since its previous STATE. */
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

/** `quotaReset`, in epoch milliseconds, says of a RUNNING stream that it waits for the API until then. */
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
      message,
      ...(internalMessage !== undefined && {internal_message: internalMessage}),
      ...(stack !== undefined && {stack_trace: stack}),
      failure_type: type,
      ...(stream !== undefined && {stream_descriptor: stream}),
    },
  },
});
