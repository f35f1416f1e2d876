// Helpers for the checks of clients: their entries, catalogs and faults.
import {stringAt} from '../../cdk/json/at.ts';
import type {Context, Fault} from '../check-kit/check.ts';
import {checksOf} from '../check-kit/define-check.ts';
import {failureOf} from '../check-kit/failure.ts';
import {callStyleOf, type EntryLike, type Runs} from '../check-kit/shared-runs.ts';
import type {BasicReadEntry, Suite} from '../config/settings.ts';
import type {CallStyle, Command, Inputs, Run} from '../connectors/connector.ts';
import type {Stream} from '../protocol/messages.ts';

/** One config is enough: these checks are about the program. */
export const firstOf = (suite: Suite<BasicReadEntry>): Suite<BasicReadEntry> =>
  suite === undefined || 'bypass' in suite ? suite : {entries: suite.entries.slice(0, 1)};

/** Checks of clients have no section in the config; they use that of basic_read. */
export const define = checksOf('clients', ({basic_read}) => firstOf(basic_read), 'basic_read');

/** Runs a command with the entry's config, timeout and deployment mode. */
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

/** A configured catalog of these streams; `more` returns the fields that the client adds. */
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

/** Incremental for streams that support it, like the catalogs of airbyte-serverless and the platform. */
export const incrementalCatalog = (streams: readonly Stream[]) =>
  configuredCatalog(streams, ({syncModes, defaultCursor}) => ({
    sync_mode: syncModes.includes('incremental') ? 'incremental' : 'full_refresh',
    cursor_field: defaultCursor,
  }));

/** The faults of a run that should have succeeded; the reason says how it was called. */
export const failuresOf = (run: Run, how: string): readonly Fault[] => {
  const failure = failureOf(run);
  return failure === undefined ? [] : [{...failure, reason: `called ${how}, ${failure.reason}`}];
};

export const messageTypeOf = (json: unknown): string | undefined => stringAt(json, 'type');

/** Streams except those that the config lists as empty. */
export const filledStreams = async (
  entry: BasicReadEntry,
  runs: Runs,
): Promise<readonly Stream[]> => {
  const empty = entry.emptyStreams.map(({name}) => name);
  return (await runs.streams(entry)).filter(({name}) => !empty.includes(name));
};

/** A stream that no source has, with valid sync modes. */
export const MISSING = {
  stream: {
    name: '__AIRBYTE__stream_that_does_not_exist',
    json_schema: {type: 'object', properties: {f1: {type: 'string'}}},
    supported_sync_modes: ['full_refresh'],
  },
  sync_mode: 'full_refresh',
  destination_sync_mode: 'append',
};

/** Clients wait this many milliseconds after SIGTERM. */
const GRACE = 10_000;

/** Ends a run by SIGTERM at the first line of a type that `isLast` accepts, and checks how it ended. */
export const terminating = (isLast: (type: string | undefined) => boolean) => {
  let at: number | undefined;
  const onLine: NonNullable<CallStyle['onLine']> = ({json}) => {
    if (at !== undefined || !isLast(messageTypeOf(json))) return 'continue';
    at = performance.now();
    return 'terminate';
  };
  /** Faults of a run that ended too late or as a failure. */
  const faults = (run: Run, images: boolean): readonly Fault[] => {
    if (at === undefined) return [];
    const took = performance.now() - at;
    const {code, signal} = run.exit;
    const advice =
      'On SIGTERM, finish the line, flush, and end by the signal itself (remove the handler and send the signal to your own process): clients take that or 0 for an orderly end, and kill the process after 10 s.';
    if (run.hung === true || took > GRACE) {
      return [
        {
          reason: `\`${run.command}\` still ran ${Math.round(took / 1000)} s after SIGTERM`,
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
