// Which stream something happens for. Streams share one client, and its closures know nothing of whose turn it is.
import {AsyncLocalStorage} from 'node:async_hooks';

const storage = new AsyncLocalStorage<string>();

/** The name of the stream on whose behalf this runs; '' where it is none's. */
export const currentStream = (): string => storage.getStore() ?? '';

/** Runs something, and all that it starts, on behalf of a stream. */
export const onBehalfOf = <T>(stream: string, run: () => T): T => storage.run(stream, run);
