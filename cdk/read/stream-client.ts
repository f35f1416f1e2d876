// The HTTP client of one stream: it counts the stream's requests, reports their long waits, and yields the slot meanwhile.
import type {StreamContext} from '../author/types.ts';
import type {ListResume} from '../http/paginate/resume.ts';
import type {RequestScope} from '../http/request-scope.ts';
import {describeTotals, openCounters} from '../http/request-totals.ts';
import type {RaisingRule} from '../http/types.ts';
import type {StreamDescriptor} from '../protocol/generated/airbyte.ts';
import {streamStatus} from '../protocol/messages.ts';
import type {StreamRun} from './stream-run.ts';
import type {Slot} from './turns/slots.ts';

export type StreamClient = {
  /** For functions of the stream that are called outside of its slices. */
  readonly context: StreamContext;
  /**
   * @param resume resumes an interrupted list at its next page; undefined: no list is resumed
   * @param rules for all responses; those of a request go first, those of the source last
   */
  readonly inSlot: (
    slot: Slot,
    resume?: ListResume,
    rules?: readonly RaisingRule[],
  ) => StreamContext;
  /** Describes the requests that were sent; '' without requests. */
  readonly work: () => string;
};

type ClientRun = Pick<StreamRun, 'bind' | 'emit' | 'now' | 'signal'>;

/** @param isSelected whether the catalog has the stream: others emit no status */
export const openStreamClient = (
  descriptor: StreamDescriptor,
  isSelected: boolean,
  {bind, emit, now, signal}: ClientRun,
): StreamClient => {
  const {count, totals} = openCounters();
  const scope: RequestScope = {
    name: descriptor.name,
    count,
    onWait: ({until}) => {
      if (isSelected) void emit(streamStatus(descriptor, 'RUNNING', now(), until));
    },
    yieldSlot: (wait) => wait(),
  };
  return {
    context: {http: bind({scope}), signal},
    inSlot: (slot, resume, rules) => ({
      http: bind({scope: {...scope, yieldSlot: slot.yieldDuring}, resume, ...(rules && {rules})}),
      signal,
    }),
    work: () => describeTotals(totals()),
  };
};
