// How the checks of clients are written: the entries they run with, the catalogs they make, and what fails a run.
import {stringAt} from '../../cdk/json/at.ts';
import type {Context, Fault} from '../check-kit/check.ts';
import {checksOf} from '../check-kit/define-check.ts';
import {failureOf} from '../check-kit/failure.ts';
import {callStyleOf, type EntryLike, type Runs} from '../check-kit/shared-runs.ts';
import type {BasicReadEntry, Suite} from '../config/settings.ts';
import type {CallStyle, Command, Inputs, Run} from '../connectors/connector.ts';
import type {Stream} from '../protocol/messages.ts';

/** One config is enough: these are questions about the program. */
export const firstOf = (suite: Suite<BasicReadEntry>): Suite<BasicReadEntry> =>
  suite === undefined || 'bypass' in suite ? suite : {entries: suite.entries.slice(0, 1)};

/** Checks of clients have no section of their own in the config; they read as basic_read does. */
export const define = checksOf('clients', ({basic_read}) => firstOf(basic_read), 'basic_read');

/** Runs a command with the entry's config, in its time and its mode. */
export const runWith = async (
  {connector}: Context,
  runs: Runs,
  entry: EntryLike,
  command: Command,
  inputs: Inputs = {},
  style: CallStyle = {},
): Promise<Run> => {
  const config = command === 'spec' ? {} : {config: await runs.config(entry)};
  return connector.run(command, {...config, ...inputs}, {...callStyleOf(entry), ...style});
};

/** A catalog of these streams; `more` adds what the client gives, or leaves out. */
export const configuredCatalog = (
  streams: readonly Stream[],
  more: (stream: Stream) => Readonly<Record<string, unknown>>,
) => ({
  streams: streams.map((stream) => ({
    stream: stream.raw,
    sync_mode: stream.syncModes[0] ?? 'full_refresh',
    destination_sync_mode: 'append',
    ...more(stream),
  })),
});

/** As Airbyte's serverless client and the platform do: incremental where it can be. */
export const incrementalCatalog = (streams: readonly Stream[]) =>
  configuredCatalog(streams, ({syncModes, defaultCursor}) => ({
    sync_mode: syncModes.includes('incremental') ? 'incremental' : 'full_refresh',
    cursor_field: defaultCursor,
  }));

/** The faults of a run that should have succeeded, said of a client. */
export const failuresOf = (run: Run, client: string): readonly Fault[] => {
  const failure = failureOf(run);
  return failure === undefined
    ? []
    : [{...failure, reason: `called as ${client} does, ${failure.reason}`}];
};

export const messageTypeOf = (json: unknown): string | undefined => stringAt(json, 'type');

/** Streams but those that the config says are empty. */
export const filledStreams = async (
  entry: BasicReadEntry,
  runs: Runs,
): Promise<readonly Stream[]> => {
  const empty = entry.emptyStreams.map(({name}) => name);
  return (await runs.streams(entry)).filter(({name}) => !empty.includes(name));
};

/** A stream that no source has, with modes that are valid. */
export const MISSING = {
  stream: {
    name: '__AIRBYTE__stream_that_does_not_exist',
    json_schema: {type: 'object', properties: {f1: {type: 'string'}}},
    supported_sync_modes: ['full_refresh'],
  },
  sync_mode: 'full_refresh',
  destination_sync_mode: 'append',
};

/** How long clients wait after SIGTERM, in milliseconds. */
const GRACE = 10_000;

/** Ends a run by SIGTERM at the first line that is meant; tells how long it took to end. */
export const terminating = (isMeant: (type: string | undefined) => boolean) => {
  let at: number | undefined;
  const onLine: NonNullable<CallStyle['onLine']> = ({json}) => {
    if (at !== undefined || !isMeant(messageTypeOf(json))) return 'go on';
    at = performance.now();
    return 'terminate';
  };
  /** What is wrong with how it ended. */
  const faults = (run: Run, images: boolean): readonly Fault[] => {
    if (at === undefined) return [];
    const took = performance.now() - at;
    const {code, signal} = run.exit;
    const advice =
      'On SIGTERM finish the line, flush, and end by the signal itself (remove the handler, send it to yourself): clients take that or 0 for an orderly end, and kill what still runs after 10 s.';
    if (run.hung === true || took > GRACE) {
      return [
        {
          reason: `\`${run.command}\` went on for ${Math.round(took / 1000)} s after SIGTERM`,
          advice,
        },
      ];
    }
    if (code === 0 || signal === 'SIGTERM' || (code === 143 && images)) return [];
    const end = signal === null ? `exit code ${code}` : signal;
    return [{reason: `\`${run.command}\` ended with ${end} after SIGTERM`, advice}];
  };
  return {onLine, faults, seen: () => at !== undefined};
};
