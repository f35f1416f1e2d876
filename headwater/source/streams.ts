// Finds the streams of a source.
import {UsageError} from '../../process/errors.ts';
import {
  type CatalogStream,
  checkSelectors,
  configureCatalog,
  readCatalog,
  selectStreams,
} from '../../sync/protocol/catalog.ts';
import {SyncError} from '../../sync/report/errors.ts';
import type {Session} from './session.ts';

/** The streams that `discover` prints. */
export const discoverStreams = async ({
  source,
  config,
  run,
}: Session): Promise<readonly CatalogStream[]> => {
  let found: readonly unknown[] | undefined;
  await run(['discover', '--config', config()], ({message}) => {
    if (message?.type === 'CATALOG') found = message.streams;
    return undefined;
  });
  if (found === undefined) throw new SyncError(`discover of ${source.name} printed no catalog.`);
  return readCatalog(source.name, found).streams;
};

/** The named ones of them, all without names. */
export const streamsNamed = async (
  session: Session,
  names: readonly string[] | undefined,
): Promise<readonly CatalogStream[]> => {
  if (names?.length === 0) {
    throw new UsageError('--streams has no stream: use a list such as issues,commits.');
  }
  const catalog = {source: session.source.name, streams: await discoverStreams(session)};
  if (names !== undefined) checkSelectors(names, [catalog]);
  return selectStreams(catalog, names);
};

/** The arguments of a read of these streams. */
export const readArguments = async (
  {config, write}: Session,
  streams: readonly CatalogStream[],
  state: string | undefined,
): Promise<readonly string[]> => {
  const catalog = await write('catalog.json', configureCatalog(streams));
  return [
    ...['read', '--config', config(), '--catalog', catalog],
    ...(state === undefined ? [] : ['--state', state]),
  ];
};
