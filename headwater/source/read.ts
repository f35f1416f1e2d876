// `headwater read`: the messages of a read, without a catalog written by hand.
import {EXIT_FAILURE} from '../../process/command-line.ts';
import type {CatalogStream} from '../../sync/protocol/catalog.ts';
import {userMessage} from '../../sync/report/errors.ts';
import {type Session, type SourceFlags, type Take, withSource} from './session.ts';
import {readArguments, streamsNamed} from './streams.ts';

export type ReadFlags = SourceFlags & {
  readonly streams?: readonly string[];
  readonly state?: string;
  /** The most records of each stream. */
  readonly limit?: number;
};

const printAll: Take = ({text}) => text;

/**
 * Prints lines up to the last record within the limit, and ends the source there. Nothing after it is printed: a state would
 * cover records that were left out.
 */
const printFirst = (limit: number): Take => {
  let records = 0;
  return ({text, message}, end) => {
    if (records >= limit) return undefined;
    if (message?.type === 'RECORD') records += 1;
    if (records >= limit) end();
    return text;
  };
};

/** Reads stream after stream, each until its limit, so that no stream waits for the end of another. */
const readFirst = async (
  session: Session,
  streams: readonly CatalogStream[],
  limit: number,
  state: string | undefined,
): Promise<number> => {
  let code = 0;
  for (const stream of streams) {
    const args = await readArguments(session, [stream], state);
    await session.run(args, printFirst(limit)).catch((error: unknown) => {
      session.log(`error: ${userMessage(error)}`);
      code = EXIT_FAILURE;
    });
  }
  return code;
};

export const read = (given: string | undefined, flags: ReadFlags): Promise<number> =>
  withSource(given, flags, async (session) => {
    const {limit, state} = flags;
    const streams = await streamsNamed(session, flags.streams);
    if (limit !== undefined) return readFirst(session, streams, limit, state);
    await session.run(await readArguments(session, streams, state), printAll);
    return 0;
  });
