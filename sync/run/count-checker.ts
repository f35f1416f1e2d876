// Decides which states may be saved. A record that is lost on the way is lost for good if the state after it is saved, because
// the next run starts after that.
import {streamKey} from '../../cdk/protocol/catalog.ts';
import type {StreamDescriptor} from '../../cdk/protocol/generated/airbyte.ts';
import type {Message} from '../protocol/messages.ts';
import {SyncError} from '../report/errors.ts';
import {count} from '../report/format.ts';
import type {Tally} from '../report/tally.ts';

type StateMessage = Extract<Message, {readonly type: 'STATE'}>;

export type CountChecker = {
  /** Throws if a message is about a stream that the source was not asked for. */
  readonly assertRequested: (stream: StreamDescriptor, what: string) => void;
  /** Compares the count in a state with the records that arrived. False if the state must not be saved. */
  readonly accepts: (message: StateMessage) => boolean;
};

const labelOf = ({name, namespace}: StreamDescriptor): string =>
  namespace === undefined ? name : `${namespace}.${name}`;

const mismatch = (counted: number, arrived: number): string =>
  Number.isInteger(counted) && counted >= 0
    ? `The source counted ${count(counted, 'record')} before its state, but ${count(arrived, 'record')} arrived`
    : `The source's state has a record count that is not a whole number; ${count(arrived, 'record')} arrived`;

/** The key of all streams, for states that cover them all. */
const ALL = 'all';

export const openCountChecker = (
  requested: readonly StreamDescriptor[],
  tally: Tally,
): CountChecker => {
  const keys = new Set(requested.map(streamKey));
  const refused = new Set<string>();
  const assertRequested = (stream: StreamDescriptor, what: string): void => {
    if (keys.has(streamKey(stream))) return;
    throw new SyncError(
      `It printed a ${what} of the stream ${JSON.stringify(labelOf(stream))}, which is not one of the streams that it was asked for (${requested.map(labelOf).join(', ')}); no state after it was saved. Report it to the author of the source.`,
    );
  };
  const matches = (
    stream: StreamDescriptor | undefined,
    recordCount: number | undefined,
    arrived: number,
  ): boolean => {
    if (recordCount === undefined || recordCount === arrived) return true;
    refused.add(stream === undefined ? ALL : streamKey(stream));
    for (const one of stream === undefined ? requested : [stream]) tally.stream(one).lost();
    tally.problem({
      message: `${mismatch(recordCount, arrived)}. Rows may be missing, so neither this state nor a later one was saved: the next run reads them again. Report it to the author of the source.`,
      stream: stream && labelOf(stream),
    });
    return false;
  };
  return {
    assertRequested,
    accepts: ({state, recordCount}) => {
      // A state of all streams also covers those whose records are missing.
      if (state.scope !== 'STREAM') {
        const arrived = tally.takeCounts();
        return refused.size === 0 && matches(undefined, recordCount, arrived);
      }
      const {stream} = state;
      assertRequested(stream, 'state');
      const arrived = tally.stream(stream).takeCount();
      const isRefused = refused.has(ALL) || refused.has(streamKey(stream));
      return !isRefused && matches(stream, recordCount, arrived);
    },
  };
};
