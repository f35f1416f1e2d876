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
  /** Told every secret before anything can repeat it. */
  readonly redactor: Redactor;
  readonly log: (level: 'DEBUG' | 'INFO', message: string) => void;
};
