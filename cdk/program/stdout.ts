// The kit owns fd 1: nothing but messages goes there, whoever prints.
import {Writable} from 'node:stream';
import {formatWithOptions} from 'node:util';
import {type Emission, type LogLevel, logMessage} from '../protocol/messages.ts';
import {encode} from './encode.ts';
import {openWriter} from './writer.ts';

export type Output = {
  /** Resolves when there is room for more: a slow reader holds back whoever waits for it. */
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
  /** Told when nothing more can be written: EPIPE when the reader has left. */
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
  const stray = new Writable({
    write: (chunk, _encoding, done) => {
      log('INFO', String(chunk).trimEnd());
      done();
    },
  });
  // Defined, not assigned to: a look at the real process.stdout makes a pipe non-blocking.
  Object.defineProperty(process, 'stdout', {value: stray, configurable: true});
  process.removeAllListeners('warning');
  process.on('warning', (warning) => log('DEBUG', warning.stack ?? warning.message));
};

/** Takes stdout over. From here on every byte of it is a message. */
export const takeStdout = ({redact, debug, onBroken}: Options): Output => {
  const writer = openWriter(STDOUT, onBroken);
  const log: Output['log'] = (level, message, stack) => {
    if (!debug && (level === 'DEBUG' || level === 'TRACE')) return;
    writer.put(encode(logMessage(level, message, stack), redact)).catch(() => {}); // onBroken was told
  };
  redirectConsole(log);
  redirectStrays(log);
  return {
    write: (emission) => writer.put(encode(emission, redact)),
    log,
    flush: () => writer.drain().catch(() => {}),
  };
};
