// The client as a stream has it: what it sends is counted and waits for this stream, and is for one slot while one is read in.
import type {StreamContext} from '../author/types.ts';
import type {ListResume} from '../http/paginate/resume.ts';
import type {RequestScope} from '../http/scope.ts';
import {describeTotals, openCounters} from '../http/totals.ts';
import type {StreamDescriptor} from '../protocol/generated/airbyte.ts';
import {streamStatus} from '../protocol/messages.ts';
import type {StreamRun} from './stream-run.ts';
import type {Slot} from './turns/slots.ts';

export type StreamClient = {
  /** For the functions of a stream that are called outside of its slices. */
  readonly context: StreamContext;
  /**
   * For what is done in a slot: others may have it during a long wait.
   * @param resume which list goes on where an earlier run was cut off; undefined: lists do not offer it
   */
  readonly inSlot: (slot: Slot, resume?: ListResume) => StreamContext;
  /** What was done, in words; '' for nothing. */
  readonly work: () => string;
};

type ClientRun = Pick<StreamRun, 'bind' | 'emit' | 'now' | 'signal'>;

/** @param isSelected whether the user's catalog has the stream: of others no status is emitted */
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
    inSlot: (slot, resume) => ({
      http: bind({scope: {...scope, yieldSlot: slot.yieldDuring}, resume}),
      signal,
    }),
    work: () => describeTotals(totals()),
  };
};
