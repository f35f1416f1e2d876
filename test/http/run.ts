// What a run lends to layers under test.
import type {HttpRun} from '../../cdk/http/run.ts';
import {type RequestScope, SOURCE_SCOPE, type Wait} from '../../cdk/http/scope.ts';
import {virtualClock} from '../../cdk/testing/virtual-clock.ts';

/** A run that never ends, with what a test needs of its own. */
export const runWith = (own: Partial<HttpRun> = {}): HttpRun => ({
  signal: new AbortController().signal,
  clock: virtualClock(0),
  random: () => 0.5,
  log: () => {},
  ends: Number.POSITIVE_INFINITY,
  ...own,
});

/** A scope that notes the waits it is told of. */
export const noting = (told: Wait[], name = ''): RequestScope => ({
  ...SOURCE_SCOPE,
  name,
  onWait: (wait) => told.push(wait),
});
