// Compares the connector with its previous version, or with saved output of that version: existing configs and
// connections must still work.

import {messageOf, UsageError} from '../../process/errors.ts';
import type {Check, Context} from '../check-kit/check.ts';
import {checksOf, type Verdict} from '../check-kit/define-check.ts';
import {callStyleOf, type EntryLike, type Runs, Unavailable} from '../check-kit/shared-runs.ts';
import {PREVIOUS_OUTPUT} from '../config/previous.ts';
import type {BackwardCompatibility} from '../config/settings.ts';
import {openImage} from '../connectors/image.ts';
import {messagesOf} from '../protocol/messages.ts';
import {compareCatalogs, compareSpecs} from './breaking-changes.ts';

/** `registry:5000/source-x:1.2` → `registry:5000/source-x` */
const repositoryOf = (image: string): string => image.replace(/(:[^/:]*|@.*)$/, '');

type Kind = keyof typeof PREVIOUS_OUTPUT;
type Entry = EntryLike & {readonly backwardCompatibility: BackwardCompatibility};
type Before = {readonly payload: unknown} | {readonly skipped: string};

/** The output of the previous image, or the reason why there is nothing to compare with. */
const runPreviousImage = async (
  kind: Kind,
  entry: Entry,
  runs: Runs,
  {connector, settings, stop}: Context,
): Promise<Before> => {
  const {previousVersion, disableForVersion} = entry.backwardCompatibility;
  const {command, type} = PREVIOUS_OUTPUT[kind];
  const name = `${repositoryOf(connector.label)}:${previousVersion}`;
  const inputs = command === 'spec' ? {} : {config: await runs.config(entry)};
  try {
    const previous = await openImage(name, settings.environment, settings.dockerFlags, stop);
    if (previous.image?.labels['io.airbyte.version'] === disableForVersion && disableForVersion) {
      return {skipped: `the config disables the comparison with ${disableForVersion}`};
    }
    const [message] = messagesOf(await previous.run(command, inputs, callStyleOf(entry)), type);
    return message === undefined
      ? {skipped: `${name} prints no ${type} at \`${command}\``}
      : {payload: message.payload};
  } catch (error) {
    if (error instanceof UsageError) {
      return {skipped: `there is no previous image: ${messageOf(error)}`};
    }
    throw error;
  }
};

/** Saved output takes precedence: the user named it. */
const previousOutput = async (
  kind: Kind,
  entry: Entry,
  runs: Runs,
  context: Context,
): Promise<Before> => {
  const saved = context.settings.previous?.[kind];
  if (saved !== undefined) return {payload: saved};
  if (context.connector.image !== undefined) return runPreviousImage(kind, entry, runs, context);
  return {skipped: `it needs an image, or the option --previous-${kind}`};
};

const NAME = 'test_backward_compatibility';

export const specCompatibility: Check = checksOf('spec', (suites) => suites.spec)(
  NAME,
  'configs of the previous version are valid for this one',
  async (entry, runs, context): Promise<Verdict> => {
    const before = await previousOutput('spec', entry, runs, context);
    if ('skipped' in before) return before;
    return compareSpecs(before.payload, await runs.specification(entry));
  },
);

export const catalogCompatibility: Check = checksOf('discovery', (suites) => suites.discovery)(
  NAME,
  'connections of the previous version work with this one',
  async (entry, runs, context): Promise<Verdict> => {
    const before = await previousOutput('catalog', entry, runs, context);
    if ('skipped' in before) return before;
    const [now] = messagesOf(await runs.discover(entry), 'CATALOG');
    if (now === undefined) throw new Unavailable('it needs a catalog: see discovery.test_discover');
    return compareCatalogs(before.payload, now.payload);
  },
);
