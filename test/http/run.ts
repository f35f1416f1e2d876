import type {HttpRun} from '../../cdk/http/http-run.ts';
import {type RequestScope, SOURCE_SCOPE, type Wait} from '../../cdk/http/request-scope.ts';
import {virtualClock} from '../../cdk/testing/virtual-clock.ts';

/** A run that never ends, for layers under test. */
export const runWith = (own: Partial<HttpRun> = {}): HttpRun => ({
  signal: new AbortController().signal,
  clock: virtualClock(0),
  random: () => 0.5,
  log: () => {},
  ends: Number.POSITIVE_INFINITY,
  ...own,
});

/** A scope that records the waits that are reported to it. */
export const recordingScope = (reported: Wait[], name = ''): RequestScope => ({
  ...SOURCE_SCOPE,
  name,
  onWait: (wait) => reported.push(wait),
});
