// Reads the first records of one stream, with all that the source logs meanwhile.
import {parseAsWritten} from '../../cdk/json/as-written.ts';
import {isObject, type JsonObject} from '../../cdk/json/values.ts';
import {UsageError} from '../../process/errors.ts';
import {harmless} from '../../process/terminal.ts';
import {findOnlySource} from '../../sync/config/sources.ts';
import type {CatalogStream} from '../../sync/protocol/catalog.ts';
import {userMessage} from '../../sync/report/errors.ts';
import {withoutRetriesHere} from './fake-api-down.ts';
import {isShown, type Session, type SourceFlags, withSource} from './session.ts';
import {discoverStreams, readArguments} from './streams.ts';

export type Sample = {
  readonly records: readonly JsonObject[];
  /** Logged before the last of these records was read; warnings and errors have been shown. */
  readonly logs: readonly string[];
  /** True if the stream has no more records. */
  readonly isWhole: boolean;
  /** The message of a read that failed before it had enough records. */
  readonly problem?: string;
};

/** A source of this kit logs each request then, and what its paginator decides. Others know the variable, or ignore it. */
const DEBUG = {...process.env, LOG_LEVEL: 'debug'};

/** In milliseconds. A source announces its waits with INFO: one that waits for a limit must not seem to hang. */
const QUIET = 3_000;

const recordIn = (data: Buffer): JsonObject => {
  const record = parseAsWritten(data.toString());
  return isObject(record) ? record : {};
};

/** @param limit the most records to read; the source is ended in order after them */
export const sampleOf = async (
  session: Session,
  stream: CatalogStream,
  limit: number,
): Promise<Sample> => {
  const records: JsonObject[] = [];
  const logs: string[] = [];
  let wait: string | undefined;
  const silence = setTimeout(() => {
    if (wait !== undefined) session.log(`info: ${harmless(wait)}`);
  }, QUIET);
  const read = session.run(
    await readArguments(session, [stream], undefined),
    ({message}, end) => {
      silence.refresh();
      wait = message?.type === 'LOG' && message.level === 'INFO' ? message.text : undefined;
      if (records.length >= limit) return undefined;
      if (message?.type === 'LOG' && !isShown(message.level)) logs.push(message.text);
      if (message?.type === 'RECORD') records.push(recordIn(message.data));
      if (records.length >= limit) end();
      return undefined;
    },
    DEBUG,
  );
  try {
    await read;
    return {records, logs, isWhole: records.length < limit};
  } catch (error) {
    if (error instanceof UsageError) throw error;
    return {records, logs, isWhole: false, problem: userMessage(error)};
  } finally {
    clearTimeout(silence);
  }
};

/** The stream of a source, by its name. */
const streamNamed = async (session: Session, name: string | undefined): Promise<CatalogStream> => {
  const streams = await discoverStreams(session);
  const found = streams.find(({descriptor}) => descriptor.name === name);
  if (found !== undefined) return found;
  const known = streams.map(({descriptor}) => descriptor.name).join(', ') || 'none';
  throw new UsageError(
    `${name === undefined ? 'Name a stream' : `There is no stream ${name}`}. ${session.source.name} has: ${known}.`,
  );
};

/**
 * Runs a command for one stream. With one argument only, that is the stream where the source needs no name, else the source.
 * @throws UsageError with the names of the streams, if the stream is missing or unknown; or if the API is on this machine and not running
 */
export const withStream = async (
  first: string | undefined,
  second: string | undefined,
  flags: SourceFlags,
  work: (session: Session, stream: CatalogStream) => Promise<number>,
): Promise<number> => {
  const isAlone =
    second === undefined && (await findOnlySource().catch(() => undefined)) !== undefined;
  const [given, name] = isAlone ? [undefined, first] : [first, second];
  return withSource(given, flags, async (opened) => {
    const session = withoutRetriesHere(opened);
    return work(session, await streamNamed(session, name));
  });
};
