// What the command line asks for, and the context that comes of it.
import {access} from 'node:fs/promises';
import type {Context, SuiteName} from '../checks/check.ts';
import {loadSettings} from '../config/load.ts';
import {readAnswer} from '../config/previous.ts';
import type {Previous, Settings} from '../config/settings.ts';
import {openExecutable} from '../connectors/executable.ts';
import {openImage} from '../connectors/image.ts';
import {UsageError} from '../errors.ts';
import {openContext} from './watched.ts';

export interface Order {
  /** The path of acceptance-test-config.yml. */
  readonly config: string;
  readonly exec?: string | undefined;
  readonly image?: string | undefined;
  /** Flags of `docker run`. */
  readonly docker?: readonly string[] | undefined;
  /** Paths of what the version before answered. */
  readonly previous?: {readonly spec?: string | undefined; readonly catalog?: string | undefined};
  /** The suites to run; all, where it is left out. */
  readonly only?: readonly SuiteName[] | undefined;
  /** What the suite `beyond` allows: bytes, and milliseconds. */
  readonly limits?: Settings['limits'];
  readonly json?: string | undefined;
  readonly junit?: string | undefined;
}

/** Each file that the settings name, once. */
const filesIn = (settings: Settings): readonly string[] => {
  const entries: readonly object[] = Object.values(settings.suites ?? {}).flatMap(
    (suite: {readonly entries?: readonly object[]} | undefined) => suite?.entries ?? [],
  );
  const paths = entries.flatMap((entry) => [
    ...('configPath' in entry ? [entry.configPath] : []),
    ...('catalogPath' in entry ? [entry.catalogPath] : []),
    ...('specPath' in entry ? [entry.specPath] : []),
    ...(['expectRecords', 'futureState'] as const).flatMap((key) => {
      const value = key in entry ? Object.entries(entry).find(([name]) => name === key)?.[1] : {};
      return typeof value === 'object' && value !== null && 'path' in value ? [value.path] : [];
    }),
  ]);
  return [...new Set(paths.filter((path) => typeof path === 'string'))];
};

const assertFiles = async (order: Order, settings: Settings): Promise<void> => {
  for (const path of filesIn(settings)) {
    await access(path).catch(() => {
      throw new UsageError(`${order.config} names ${path}, but there is no such file.`);
    });
  }
};

const openConnector = (order: Order, settings: Settings) => {
  const {environment, dockerFlags} = settings;
  if (order.exec !== undefined) return openExecutable(order.exec, environment);
  const image = order.image ?? settings.image;
  if (image === undefined) {
    throw new UsageError('Say what is to be tested: --exec "<command>" or --image <name:tag>.');
  }
  return openImage(image, environment, dockerFlags);
};

const previousOf = async ({previous: {spec, catalog} = {}}: Order): Promise<Previous> => ({
  spec: spec === undefined ? undefined : await readAnswer('spec', spec),
  catalog: catalog === undefined ? undefined : await readAnswer('catalog', catalog),
});

/** Fails with a UsageError where a file or the connector is missing or wrong. */
export const openOrder = async (order: Order): Promise<Context> => {
  const loaded = await loadSettings(order.config);
  await assertFiles(order, loaded);
  const {limits, docker: dockerFlags} = order;
  const previous = await previousOf(order);
  const settings = {...loaded, dockerFlags, previous, ...(limits && {limits})};
  return openContext(await openConnector(order, settings), settings);
};
