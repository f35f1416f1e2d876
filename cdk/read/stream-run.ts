import type {Bind} from '../http/client.ts';
import type {JsonObject} from '../json/values.ts';
import type {AirbyteMessage, StreamDescriptor} from '../protocol/generated/airbyte.ts';
import {logMessage, type RecordPage} from '../protocol/messages.ts';
import type {Slots} from './turns/slots.ts';

export type StreamRun = {
  /** Puts a message after all earlier ones; resolves when the queue has room again. */
  readonly emit: (message: AirbyteMessage) => Promise<void>;
  readonly emitPage: (page: RecordPage, bytes: number | undefined) => Promise<void>;
  /** Aborted when the run must stop: positions are saved, then the read ends. */
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** When the run began, as in the plan; epoch milliseconds. */
  readonly startedAt: number;
  readonly slots: Slots;
  /** Makes one stream's client from the shared one. */
  readonly bind: Bind;
  /** Passed to `schema` functions. */
  readonly config: JsonObject;
  /** Logs at DEBUG. */
  readonly debug: (message: string) => void;
};

export const logForStream = (
  {descriptor, run}: {readonly descriptor: StreamDescriptor; readonly run: StreamRun},
  level: 'INFO' | 'WARN',
  message: string,
): void => void run.emit(logMessage(level, `Stream ${descriptor.name}: ${message}`));
