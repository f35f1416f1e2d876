import {TransientError} from '../../errors.ts';
import {describeRequest, type Send} from '../types.ts';
import type {Clock} from './clock.ts';

/** Sends nothing more once the run's time is over; what is on its way may end. */
export const withDeadline =
  (send: Send, runEnds: number, {now}: Clock): Send =>
  (request) => {
    if (now() < runEnds) return send(request);
    throw new TransientError(
      `The time that this run may take is over, so ${describeRequest(request)} is not sent. What was read is saved: the next run goes on from there.`,
    );
  };
