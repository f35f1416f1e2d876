import {TransientError} from '../../errors.ts';
import {describeRequest, type Send} from '../types.ts';
import type {Clock} from './clock.ts';

/** Refuses requests after the run's time limit. Pending ones may finish. */
export const withDeadline =
  (send: Send, runEnds: number, {now}: Clock): Send =>
  (request) => {
    if (now() < runEnds) return send(request);
    throw new TransientError(
      `The run's time limit has passed, so ${describeRequest(request)} was not sent. What was read is saved: the next run resumes there.`,
    );
  };
