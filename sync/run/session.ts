// Runs a command of a source to its end. Shows its logs, collects its errors, and counts lines that are not messages. Other
// messages go to the caller.
import type {CheckedLine} from '../../process/checked-lines.ts';
import {lossIn} from '../protocol/lost-messages.ts';
import {type Message, readMessage} from '../protocol/messages.ts';
import {openRecordReader} from '../protocol/record-line.ts';
import {SyncError} from '../report/errors.ts';
import type {Level} from '../report/progress.ts';
import type {Context, Job} from './context.ts';
import {type Ending, startSource} from './source-process.ts';

/** The messages that a caller handles. */
export type DataMessage = Exclude<Message, {readonly type: 'LOG' | 'ERROR' | 'OTHER'}>;

export type Session = {
  readonly ending: Ending;
  /** True if the source itself reported an error. */
  readonly explained: boolean;
  /** The error of a last line without an end, which may have been a message. */
  readonly cutOff: SyncError | undefined;
};

const LEVELS: Readonly<Record<string, Level>> = {FATAL: 'error', ERROR: 'error', WARN: 'warn'};

const LONGEST_QUOTE = 120;

const quote = (line: string): string =>
  line.length > LONGEST_QUOTE ? `${line.slice(0, LONGEST_QUOTE)} …` : line;

/** The harmless messages of which each byte need not be right. */
const IMPRECISE: ReadonlySet<Message['type']> = new Set(['LOG', 'OTHER']);

/** The error of a line that may be a message that was lost; undefined if it can be read as `message`. */
const lossError = (
  command: string | undefined,
  line: string,
  message: Message | undefined,
  isText: boolean,
): SyncError | undefined => {
  const isRead = message !== undefined && (isText || IMPRECISE.has(message.type));
  // A command with one result has none if that is lost.
  if (isRead || command !== 'read') return undefined;
  const reason = message === undefined ? lossIn(line) : 'is not valid UTF-8';
  return reason === undefined
    ? undefined
    : new SyncError(
        `It printed a line that ${reason}, so a record may be lost; no state after it was saved. Report it to the author of the source. The line: ${quote(line)}`,
      );
};

/** Runs a command and passes on its messages, each after `take` has handled the one before it. */
export const runSession = async (
  {name, path, tally}: Job,
  args: readonly string[],
  {stop, debug, log}: Context,
  take: (message: DataMessage) => Promise<void> | undefined,
): Promise<Session> => {
  let explained = false;
  let cutOff: SyncError | undefined;
  const handle = (message: Message): Promise<void> | undefined => {
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
  const readRecord = openRecordReader();
  const handleLine = ({bytes, isText, unfinished}: CheckedLine): Promise<void> | undefined => {
    const record = isText ? readRecord(bytes) : undefined;
    if (record !== undefined) return handle(record);
    const line = bytes.toString();
    const message = readMessage(line);
    const loss = lossError(args[0], line, message, isText);
    if (loss === undefined && message !== undefined) return handle(message);
    if (loss !== undefined) {
      if (!unfinished) throw loss;
      // A source that is killed cuts its last line, and its end says more than that line.
      cutOff = loss;
    } else if (line.trim() !== '' && tally.stray() === 1) {
      log(name, 'warn', `printed a line that is not an Airbyte message; ignored: ${quote(line)}`);
    }
    return undefined;
  };
  const handleLines = async (lines: Iterable<CheckedLine>): Promise<void> => {
    for (const line of lines) {
      const handled = handleLine(line);
      if (handled !== undefined) await handled;
    }
  };
  const source = await startSource(path, args, {
    stop,
    onStderr: (line) => {
      if (debug) log(name, 'info', line);
    },
  });
  try {
    for await (const lines of source.lines) await handleLines(lines);
  } catch (error) {
    source.end();
    await source.ended;
    throw error;
  }
  const ending = await source.ended;
  if (ending.leftOpen) {
    log(
      name,
      'warn',
      'a process that it started held its output open after its end, and was cut off; what that process printed later is not read.',
    );
  }
  return {ending, explained, cutOff};
};
