// Opens the context in which checks run from the options of `headwater test`.
import {access} from 'node:fs/promises';
import type {Stop} from '../../process/child.ts';
import {UsageError} from '../../process/errors.ts';
import {makeTemporaryFolder} from '../../process/temporary-folder.ts';
import type {Context} from '../check-kit/check.ts';
import {loadSettings} from '../config/load.ts';
import {readPrevious} from '../config/previous.ts';
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
  /** Paths of files with output of the previous version. */
  readonly previous?: {readonly spec?: string | undefined; readonly catalog?: string | undefined};
  /** The suites to run; by default all. */
  readonly only?: readonly string[] | undefined;
  /** The limits of the suite `beyond`, in bytes and milliseconds, and that of a run's output. */
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
      throw new UsageError(`${options.config} names ${path}, which does not exist.`);
    });
  }
};

const openConnector = (options: Options, settings: Settings, stop: Stop | undefined) => {
  const {environment, dockerFlags} = settings;
  if (options.exec !== undefined) return openExecutable(options.exec, environment, stop);
  const image = options.image ?? settings.image;
  if (image === undefined) {
    throw new UsageError(
      'There is no connector to test: give --exec "<command>" or --image <name:tag>.',
    );
  }
  return openImage(image, environment, dockerFlags, stop);
};

const previousOf = async ({previous: {spec, catalog} = {}}: Options): Promise<Previous> => ({
  spec: spec === undefined ? undefined : await readPrevious('spec', spec),
  catalog: catalog === undefined ? undefined : await readPrevious('catalog', catalog),
});

/** The same connector with another limit of output. */
const limited = (connector: Connector, maxOutput: number | undefined): Connector =>
  maxOutput === undefined
    ? connector
    : {
        ...connector,
        run: (command, inputs, style) => connector.run(command, inputs, {maxOutput, ...style}),
      };

/** A context in which each run of the connector is checked against the invariants. */
export const contextOf = (connector: Connector, settings: Settings, stop?: Stop): Context => ({
  connector: observeRuns(limited(connector, settings.limits?.output)),
  settings,
  stop,
});

/** Fails with a UsageError if a file or the connector is missing or wrong. */
export const openContext = async (options: Options, stop?: Stop): Promise<Context> => {
  const loaded = await loadSettings(options.config);
  await assertFiles(options, loaded);
  // Each run writes its inputs there.
  await (await makeTemporaryFolder('headwater-run-')).remove();
  const {limits, docker: dockerFlags} = options;
  const previous = await previousOf(options);
  const settings = {...loaded, dockerFlags, previous, ...(limits && {limits})};
  return contextOf(await openConnector(options, settings, stop), settings, stop);
};
