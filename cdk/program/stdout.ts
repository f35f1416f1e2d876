// The kit owns file descriptor 1: only messages are written to it.
import {Writable} from 'node:stream';
import {formatWithOptions} from 'node:util';
import {type Emission, type LogLevel, logMessage} from '../protocol/messages.ts';
import {encode} from './encode.ts';
import {openWriter} from './writer.ts';

export type Output = {
  /** Resolves when there is room for more. Await it to respect a slow reader. */
  readonly write: (emission: Emission) => Promise<void>;
  /** Writes a LOG at once, for code that cannot wait. */
  readonly log: (level: LogLevel, message: string, stack?: string) => void;
  /** Resolves when the reader has everything, or cannot get it. */
  readonly flush: () => Promise<void>;
};

type Options = {
  readonly redact: (text: string) => string;
  /** If false, DEBUG and TRACE logs are left out. */
  readonly debug: boolean;
  /** Called when writing fails; with EPIPE if the reader has closed its end. */
  readonly onBroken: (error: unknown) => void;
};

const STDOUT = 1;

const CONSOLE_LEVELS = {
  error: 'ERROR',
  warn: 'WARN',
  info: 'INFO',
  log: 'INFO',
  debug: 'DEBUG',
  trace: 'TRACE',
} as const;

/** Makes LOGs of what the source or a library prints to the console. */
const redirectConsole = (log: Output['log']): void => {
  for (const [method, level] of Object.entries(CONSOLE_LEVELS)) {
    Object.assign(console, {
      [method]: (...args: unknown[]) => log(level, formatWithOptions({colors: false}, ...args)),
    });
  }
};

/** Makes LOGs of strings that are written to `process.stdout`, and of Node's warnings, which would go to stderr. */
const redirectStrays = (log: Output['log']): void => {
  const stray = new Writable({
    write: (chunk, _encoding, done) => {
      log('INFO', String(chunk).trimEnd());
      done();
    },
  });
  // Defined, not assigned: reading the real process.stdout makes a pipe non-blocking.
  Object.defineProperty(process, 'stdout', {value: stray, configurable: true});
  process.removeAllListeners('warning');
  process.on('warning', (warning) => log('DEBUG', warning.stack ?? warning.message));
};

/** Takes over stdout: from now on only messages are written to it. */
export const takeStdout = ({redact, debug, onBroken}: Options): Output => {
  const writer = openWriter(STDOUT, onBroken);
  const log: Output['log'] = (level, message, stack) => {
    if (!debug && (level === 'DEBUG' || level === 'TRACE')) return;
    writer.put(encode(logMessage(level, message, stack), redact)).catch(() => {}); // reported by onBroken
  };
  redirectConsole(log);
  redirectStrays(log);
  return {
    write: (emission) => writer.put(encode(emission, redact)),
    log,
    flush: () => writer.drain().catch(() => {}),
  };
};
