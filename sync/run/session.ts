// One command of a source, from its start to its end: what it logs is shown, its errors are collected, and
// lines that are no messages are counted. The rest is the caller's.

import {type Message, readMessage} from '../protocol/messages.ts';
import type {Level} from '../report/progress.ts';
import type {Context, Job} from './context.ts';
import {type Ending, startSource} from './source-process.ts';

/** Messages for a caller to act on. */
export type DataMessage = Exclude<Message, {readonly type: 'LOG' | 'ERROR' | 'OTHER'}>;

export type Session = {
  readonly ending: Ending;
  /** Whether the source itself reported an error. */
  readonly explained: boolean;
};

const LEVELS: Readonly<Record<string, Level>> = {FATAL: 'error', ERROR: 'error', WARN: 'warn'};

const LONGEST_QUOTE = 120;

const quote = (line: string): string =>
  line.length > LONGEST_QUOTE ? `${line.slice(0, LONGEST_QUOTE)} …` : line;

/** Runs a command and hands over its messages, each once the one before it has been dealt with. */
export const runSession = async (
  {name, path, tally}: Job,
  args: readonly string[],
  {stop, debug, log}: Context,
  take: (message: DataMessage) => Promise<void>,
): Promise<Session> => {
  let explained = false;
  const hear = (message: Message): Promise<void> | undefined => {
    switch (message.type) {
      case 'LOG': {
        const level = LEVELS[message.level];
        if (level !== undefined || debug) log(name, level ?? 'info', message.text);
        return undefined;
      }
      case 'ERROR':
        explained = true;
        tally.problem({
          message: message.text,
          failureType: message.failureType,
          stream: message.stream?.name,
        });
        return undefined;
      case 'OTHER':
        return undefined;
      default:
        return take(message);
    }
  };
  const hearLine = (line: string): Promise<void> | undefined => {
    const message = readMessage(line);
    if (message !== undefined) return hear(message);
    if (line.trim() !== '' && tally.stray() === 1) {
      log(name, 'warn', `printed a line that is no Airbyte message; passed over: ${quote(line)}`);
    }
    return undefined;
  };
  const source = await startSource(path, args, {
    stop,
    onStderr: (line) => {
      if (debug) log(name, 'info', line);
    },
  });
  try {
    for await (const lines of source.lines) {
      for (const line of lines) await hearLine(line);
    }
  } catch (error) {
    source.end();
    await source.ended;
    throw error;
  }
  return {ending: await source.ended, explained};
};
