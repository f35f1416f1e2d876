// Whether configs and connections that people have go on working: the connector is compared with the version
// before it: what it answers, or what it answered once and was saved.

import {messageOf, UsageError} from '../../process/errors.ts';
import type {Check, Context} from '../check-kit/check.ts';
import {checksOf, type Verdict} from '../check-kit/define-check.ts';
import {callStyleOf, type EntryLike, type Runs, Unavailable} from '../check-kit/shared-runs.ts';
import {ANSWERS} from '../config/previous.ts';
import type {BackwardCompatibility} from '../config/settings.ts';
import {openImage} from '../connectors/image.ts';
import {messagesOf} from '../protocol/messages.ts';
import {compareCatalogs, compareSpecs} from './breaking-changes.ts';

/** `registry:5000/source-x:1.2` → `registry:5000/source-x` */
const repositoryOf = (image: string): string => image.replace(/(:[^/:]*|@.*)$/, '');

type Kind = keyof typeof ANSWERS;
type Entry = EntryLike & {readonly backwardCompatibility: BackwardCompatibility};
type Before = {readonly answer: unknown} | {readonly skipped: string};

/** What the image before answers; or why there is nothing to compare with. */
const askImage = async (
  kind: Kind,
  entry: Entry,
  runs: Runs,
  {connector, settings, stop}: Context,
): Promise<Before> => {
  const {previousVersion, disableForVersion} = entry.backwardCompatibility;
  const {command, type} = ANSWERS[kind];
  const name = `${repositoryOf(connector.label)}:${previousVersion}`;
  const inputs = command === 'spec' ? {} : {config: await runs.config(entry)};
  try {
    const previous = await openImage(name, settings.environment, settings.dockerFlags, stop);
    if (previous.image?.labels['io.airbyte.version'] === disableForVersion && disableForVersion) {
      return {skipped: `the config says not to compare with ${disableForVersion}`};
    }
    const [message] = messagesOf(await previous.run(command, inputs, callStyleOf(entry)), type);
    return message === undefined
      ? {skipped: `${name} answers nothing to ${command}`}
      : {answer: message.payload};
  } catch (error) {
    if (error instanceof UsageError) {
      return {skipped: `there is no image before it: ${messageOf(error)}`};
    }
    throw error;
  }
};

/** What was saved comes first: somebody named it. */
const answerBefore = async (
  kind: Kind,
  entry: Entry,
  runs: Runs,
  context: Context,
): Promise<Before> => {
  const saved = context.settings.previous?.[kind];
  if (saved !== undefined) return {answer: saved};
  if (context.connector.image !== undefined) return askImage(kind, entry, runs, context);
  return {skipped: `an executable was given, not an image, and no --previous-${kind}`};
};

const NAME = 'test_backward_compatibility';

export const specCompatibility: Check = checksOf('spec', (suites) => suites.spec)(
  NAME,
  'configs of the version before are valid for this one',
  async (entry, runs, context): Promise<Verdict> => {
    const before = await answerBefore('spec', entry, runs, context);
    if ('skipped' in before) return before;
    return compareSpecs(before.answer, await runs.specification(entry));
  },
);

export const catalogCompatibility: Check = checksOf('discovery', (suites) => suites.discovery)(
  NAME,
  'connections of the version before go on with this one',
  async (entry, runs, context): Promise<Verdict> => {
    const before = await answerBefore('catalog', entry, runs, context);
    if ('skipped' in before) return before;
    const [now] = messagesOf(await runs.discover(entry), 'CATALOG');
    if (now === undefined) throw new Unavailable('it needs a catalog: see discovery.test_discover');
    return compareCatalogs(before.answer, now.payload);
  },
);
