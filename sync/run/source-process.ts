// Starts a source as a child process, and reads its lines.
import {type CheckedLine, checkedLinesOf} from '../../process/checked-lines.ts';
import {type Child, type Exit, type Stop, startChild} from '../../process/child.ts';
import {codeOf, messageOf} from '../../process/errors.ts';
import {lastLinesOf} from '../../process/lines.ts';
import {SyncError} from '../report/errors.ts';

export type Ending = {
  /** Part of a sentence: `ended with exit code 1`. */
  readonly words: string;
  readonly ok: boolean;
  /** True if a process that it started held its output open, and was cut off. */
  readonly leftOpen: boolean;
  /** The last lines of its stderr. */
  readonly stderr: readonly string[];
};

export type SourceProcess = {
  /** The lines of stdout, some at a time. Leaving the loop early closes stdout. */
  readonly lines: AsyncIterable<Iterable<CheckedLine>>;
  /** Resolves when the program has ended and its output was read. */
  readonly ended: Promise<Ending>;
  /** Sends SIGTERM, and later SIGKILL. */
  readonly end: () => void;
};

/** No message is that long. The limit keeps a line without an end from filling the memory. */
const MAX_LINE_LENGTH = 64 * 1024 * 1024;

const tooLong = (): SyncError =>
  new SyncError(
    `The source printed a line of more than ${MAX_LINE_LENGTH / 1024 / 1024} MiB on stdout, but no Airbyte message is that long. Look for output that is not a message.`,
  );

const START_REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'it or the interpreter in its first line does not exist',
  EACCES: 'it is not executable: chmod +x it',
  ENOEXEC: 'it is neither a binary nor a script that begins with #!',
};

const start = async (
  path: string,
  args: readonly string[],
  options: {readonly stop: Stop; readonly env?: NodeJS.ProcessEnv},
): Promise<Child> => {
  try {
    return await startChild(path, args, {...options, guarded: true});
  } catch (error) {
    const reason = START_REASONS[codeOf(error) ?? ''] ?? messageOf(error);
    throw new SyncError(`${path} cannot be started: ${reason}.`);
  }
};

const endingOf = ({code, signal, leftOpen}: Exit, stderr: readonly string[]): Ending => ({
  words: signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`,
  ok: code === 0,
  leftOpen: leftOpen === true,
  stderr,
});

/** Starts a source. Rejects with a SyncError if it cannot be started. */
export const startSource = async (
  path: string,
  args: readonly string[],
  {
    onStderr,
    ...options
  }: {
    readonly stop: Stop;
    /** Default: the environment of this process. */
    readonly env?: NodeJS.ProcessEnv;
    readonly onStderr: (line: string) => void;
  },
): Promise<SourceProcess> => {
  const child = await start(path, args, options);
  const stderr = lastLinesOf(child.stderr, onStderr);
  return {
    lines: checkedLinesOf(child.stdout, {limit: MAX_LINE_LENGTH, tooLong}),
    ended: child.ended.then((exit) => endingOf(exit, stderr())),
    end: child.end,
  };
};
