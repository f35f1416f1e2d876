import type {Clock} from '../http/limits/clock.ts';
import type {AirbyteMessage} from '../protocol/generated/airbyte.ts';
import type {Emission} from '../protocol/messages.ts';
import type {Redactor} from '../protocol/secrets.ts';

/** What a command says, message by message, and at last whether all went well. */
export type Command = AsyncGenerator<Emission, boolean>;

/** Reads an input file when the command asks for it, so that the command can answer for its faults. */
export type Input = () => Promise<unknown>;

/** What the program lends to a command. */
export type Runtime = {
  /** Aborted when the program was told to stop. */
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Whether the platform tries a job again that was cut off. */
  readonly isRetry?: boolean;
  /** How requests pass the time; the system's clock unless it is given. */
  readonly clock?: Clock;
  /** Told every secret before anything can repeat it. */
  readonly redactor: Redactor;
  /** Says something out of turn; resolves once it is with the reader, and rejects if it can't be. */
  readonly emit: (message: AirbyteMessage) => Promise<void>;
  readonly log: (level: 'DEBUG' | 'INFO' | 'WARN', message: string) => void;
};
