// On whose behalf something happens. Streams share one client, and its closures know nothing of whose turn it is.
import {AsyncLocalStorage} from 'node:async_hooks';
import type {Slot} from './turns/slots.ts';

type Behalf = {readonly stream: string; readonly slot?: Slot};

const storage = new AsyncLocalStorage<Behalf>();

/** The name of the stream on whose behalf this runs; '' where it is none's. */
export const currentStream = (): string => storage.getStore()?.stream ?? '';

/** Waits for something long without keeping others from reading. */
export const waitAside = <T>(wait: () => Promise<T>): Promise<T> => {
  const slot = storage.getStore()?.slot;
  return slot === undefined ? wait() : slot.aside(wait);
};

/** Runs something, and all that it starts, on behalf of a stream. */
export const onBehalfOf = <T>(behalf: Behalf, run: () => T): T => storage.run(behalf, run);
