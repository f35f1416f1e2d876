import type {Clock} from '../http/limits/clock.ts';
import type {AirbyteMessage} from '../protocol/generated/airbyte.ts';
import type {Emission} from '../protocol/messages.ts';
import type {Redactor} from '../protocol/secrets.ts';

/** Yields the messages of a command; returns whether all went well. */
export type Command = AsyncGenerator<Emission, boolean>;

/** Reads an input file. The command calls it, so that a fault in the file is an error of the command. */
export type Input = () => Promise<unknown>;

/** Passed by the program to each command. */
export type Runtime = {
  /** Aborted when the program must stop. */
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** True in another attempt of a platform's job. */
  readonly isRetry?: boolean;
  /** The clock of requests. Default: the system's. */
  readonly clock?: Clock;
  /** Gets every secret before a message can contain it. */
  readonly redactor: Redactor;
  /** Writes a message at once. Resolves when the reader has it, and rejects if it cannot be written. */
  readonly emit: (message: AirbyteMessage) => Promise<void>;
  readonly log: (level: 'DEBUG' | 'INFO' | 'WARN', message: string) => void;
};
