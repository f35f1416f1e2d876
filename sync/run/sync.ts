// Runs all sources of a sync at once, independently of each other.
import {openTokenStore} from '../config/token-store.ts';
import {createDirectory} from '../landing/files.ts';
import {openLocks} from '../landing/locks.ts';
import {checkSelectors, selectStreams} from '../protocol/catalog.ts';
import {connectSource} from './connect-source.ts';
import {type Context, type Job, openInputs} from './context.ts';
import {readSource} from './read-source.ts';

/**
 * Reads the sources and lands their rows. The tallies of the jobs have the progress and the outcome.
 * @param selectors the streams to read, as `issues` or `github.issues`; undefined for all
 * @throws UsageError before reading, if a selector matches no stream
 * @throws SyncError before a source is started, if the data or changed configs cannot be stored
 */
export const sync = async (
  jobs: readonly Job[],
  selectors: readonly string[] | undefined,
  context: Context,
): Promise<void> => {
  const locks = openLocks();
  const tokens =
    context.tokens === undefined
      ? undefined
      : await openTokenStore(
          context.tokens,
          jobs.map(({name}) => name),
          locks,
        );
  await createDirectory(context.directory);
  const inputs = await openInputs();
  try {
    const connecting = jobs.map((job) => connectSource(job, context, {inputs, tokens, locks}));
    if (selectors !== undefined) {
      const connected = await Promise.all(connecting);
      // If a source failed to connect, a selector may name one of its streams.
      if (connected.every((source) => source !== undefined)) {
        checkSelectors(
          selectors,
          connected.map(({catalog}) => catalog),
        );
      }
    }
    const reading = connecting.map(async (connection) => {
      const source = await connection;
      if (source === undefined) return;
      await readSource(source, selectStreams(source.catalog, selectors), context, inputs);
    });
    await Promise.all(reading);
  } finally {
    locks.release();
    await inputs.remove();
  }
};
