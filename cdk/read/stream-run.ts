// What all streams of a run have in common.
import type {Bind} from '../http/client.ts';
import type {JsonObject} from '../json/values.ts';
import type {AirbyteMessage, StreamDescriptor} from '../protocol/generated/airbyte.ts';
import {logMessage, type RecordPage} from '../protocol/messages.ts';
import type {Slots} from './turns/slots.ts';

/** What a run lends to each of its streams. */
export type StreamRun = {
  /** Puts a message behind all earlier ones; resolves when the writer has caught up. */
  readonly emit: (message: AirbyteMessage) => Promise<void>;
  readonly emitPage: (page: RecordPage, bytes: number | undefined) => Promise<void>;
  readonly signal: AbortSignal;
  readonly now: () => number;
  /** When the run began, in epoch milliseconds. */
  readonly startedAt: number;
  readonly slots: Slots;
  /** The client that all streams share, for one of them. */
  readonly bind: Bind;
  /** The user's config, for schemas that are asked for. */
  readonly config: JsonObject;
  /** Says something to who looks for the kit's own doing. */
  readonly debug: (message: string) => void;
};

export const say = (
  {descriptor, run}: {readonly descriptor: StreamDescriptor; readonly run: StreamRun},
  level: 'INFO' | 'WARN',
  message: string,
): void => void run.emit(logMessage(level, `Stream ${descriptor.name}: ${message}`));
