// From the options of `headwater test` to the context in which its checks run.
import {access} from 'node:fs/promises';
import type {Stop} from '../../process/child.ts';
import {UsageError} from '../../process/errors.ts';
import type {Context} from '../check-kit/check.ts';
import {loadSettings} from '../config/load.ts';
import {readAnswer} from '../config/previous.ts';
import type {Previous, Settings} from '../config/settings.ts';
import type {Connector} from '../connectors/connector.ts';
import {openExecutable} from '../connectors/executable.ts';
import {openImage} from '../connectors/image.ts';
import {observeRuns} from '../invariants/observe-runs.ts';

export interface Options {
  /** The path of acceptance-test-config.yml. */
  readonly config: string;
  readonly exec?: string | undefined;
  readonly image?: string | undefined;
  /** Flags of `docker run`. */
  readonly docker?: readonly string[] | undefined;
  /** Paths of what the version before answered. */
  readonly previous?: {readonly spec?: string | undefined; readonly catalog?: string | undefined};
  /** The suites to run; all, where it is left out. */
  readonly only?: readonly string[] | undefined;
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

const assertFiles = async (options: Options, settings: Settings): Promise<void> => {
  for (const path of filesIn(settings)) {
    await access(path).catch(() => {
      throw new UsageError(`${options.config} names ${path}, but there is no such file.`);
    });
  }
};

const openConnector = (options: Options, settings: Settings, stop: Stop | undefined) => {
  const {environment, dockerFlags} = settings;
  if (options.exec !== undefined) return openExecutable(options.exec, environment, stop);
  const image = options.image ?? settings.image;
  if (image === undefined) {
    throw new UsageError('Say what is to be tested: --exec "<command>" or --image <name:tag>.');
  }
  return openImage(image, environment, dockerFlags, stop);
};

const previousOf = async ({previous: {spec, catalog} = {}}: Options): Promise<Previous> => ({
  spec: spec === undefined ? undefined : await readAnswer('spec', spec),
  catalog: catalog === undefined ? undefined : await readAnswer('catalog', catalog),
});

/** A context in which each run of the connector is held against the invariants. */
export const contextOf = (connector: Connector, settings: Settings, stop?: Stop): Context => ({
  connector: observeRuns(connector),
  settings,
  stop,
});

/** Fails with a UsageError where a file or the connector is missing or wrong. */
export const openContext = async (options: Options, stop?: Stop): Promise<Context> => {
  const loaded = await loadSettings(options.config);
  await assertFiles(options, loaded);
  const {limits, docker: dockerFlags} = options;
  const previous = await previousOf(options);
  const settings = {...loaded, dockerFlags, previous, ...(limits && {limits})};
  return contextOf(await openConnector(options, settings, stop), settings, stop);
};
