// One command of a source, from its start to its end: what it logs is shown, its errors are collected, and
// lines that are no messages are counted. The rest is the caller's.

import type {Job, Level, World} from './context.ts';
import {type Message, readMessage} from './messages.ts';
import {type Ending, startProgram} from './program.ts';

/** Messages for a caller to act on. */
export type Answer = Exclude<Message, {readonly type: 'LOG' | 'ERROR' | 'OTHER'}>;

export type Conversation = {
  readonly ending: Ending;
  /** Whether the source itself said what went wrong. */
  readonly explained: boolean;
};

const LEVELS: Readonly<Record<string, Level>> = {FATAL: 'error', ERROR: 'error', WARN: 'warn'};

const LONGEST_QUOTE = 120;

const quote = (line: string): string =>
  line.length > LONGEST_QUOTE ? `${line.slice(0, LONGEST_QUOTE)} …` : line;

/** Runs a command and hands over its messages, each once the one before it has been dealt with. */
export const converse = async (
  {name, path, tally}: Job,
  args: readonly string[],
  {stop, debug, say}: World,
  take: (answer: Answer) => Promise<void>,
): Promise<Conversation> => {
  let explained = false;
  const hear = (message: Message): Promise<void> | undefined => {
    switch (message.type) {
      case 'LOG': {
        const level = LEVELS[message.level];
        if (level !== undefined || debug) say(name, level ?? 'info', message.text);
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
      say(name, 'warn', `printed a line that is no Airbyte message; passed over: ${quote(line)}`);
    }
    return undefined;
  };
  const program = await startProgram(path, args, {
    stop,
    onStderr: (line) => {
      if (debug) say(name, 'info', line);
    },
  });
  try {
    for await (const lines of program.lines) {
      for (const line of lines) await hearLine(line);
    }
  } catch (error) {
    program.stop();
    await program.ended;
    throw error;
  }
  return {ending: await program.ended, explained};
};
