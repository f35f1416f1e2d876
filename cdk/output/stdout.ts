// The kit owns fd 1: nothing but messages goes there, whoever prints.
import {formatWithOptions} from 'node:util';
import {type Emission, type LogLevel, logMessage} from '../protocol/messages.ts';
import {encode, encodeMessage} from './encode.ts';

export type Output = {
  /** Resolves when the operating system has taken it all; rejects when the reader is gone (EPIPE). */
  readonly write: (emission: Emission) => Promise<void>;
  /** A LOG right away, from places that can't wait. */
  readonly log: (level: LogLevel, message: string, stack?: string) => void;
  /** Resolves when everything written so far is with the reader, or can't be. */
  readonly flush: () => Promise<void>;
};

type Options = {
  readonly redact: (text: string) => string;
  /** Without it DEBUG and TRACE logs are left out. */
  readonly debug: boolean;
};

const CONSOLE_LEVELS = {
  error: 'ERROR',
  warn: 'WARN',
  info: 'INFO',
  log: 'INFO',
  debug: 'DEBUG',
  trace: 'TRACE',
} as const;

/** A source, or a library of its, that prints, prints a LOG. */
const redirectConsole = (log: Output['log']): void => {
  for (const [method, level] of Object.entries(CONSOLE_LEVELS)) {
    Object.assign(console, {
      [method]: (...args: unknown[]) => log(level, formatWithOptions({colors: false}, ...args)),
    });
  }
};

/** What bypasses the console: text written to stdout, and Node's own warnings, which would go to stderr. */
const redirectStrays = (log: Output['log']): void => {
  process.stdout.write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    log('INFO', (typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString()).trimEnd());
    const callback = rest.find((argument) => typeof argument === 'function');
    if (callback !== undefined) queueMicrotask(() => callback());
    return true;
  };
  process.removeAllListeners('warning');
  process.on('warning', (warning) => log('DEBUG', warning.stack ?? warning.message));
};

/** Takes stdout over. From here on every byte of it is a message. */
export const takeStdout = ({redact, debug}: Options): Output => {
  const toPipe = process.stdout.write.bind(process.stdout);
  // Each write hears of its own failure; the event would end the process with a stack trace.
  process.stdout.on('error', () => {});

  const writeText = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      toPipe(text, (error) => (error ? reject(error) : resolve()));
    });
  const log: Output['log'] = (level, message, stack) => {
    if (!debug && (level === 'DEBUG' || level === 'TRACE')) return;
    toPipe(encodeMessage(logMessage(level, message, stack), redact));
  };
  redirectConsole(log);
  redirectStrays(log);
  return {
    write: async (emission) => {
      for (const text of encode(emission, redact)) await writeText(text);
    },
    log,
    // Writes end in order, so when an empty one has, all have.
    flush: () => writeText('').catch(() => {}),
  };
};
