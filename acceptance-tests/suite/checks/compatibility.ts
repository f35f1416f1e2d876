// Whether configs and connections that people have go on working: the image is compared with the one before it.
import {compareCatalogs, compareSpecs} from '../beyond/compatibility.ts';
import type {Check, Context} from '../check.ts';
import {openImage} from '../connectors/image.ts';
import {checksOf, type Verdict} from '../define.ts';
import {messageOf, UsageError} from '../errors.ts';
import {type EntryLike, type Runs, Unavailable} from '../runs.ts';
import type {BackwardCompatibility} from '../settings.ts';
import {messagesOf} from '../wire.ts';

/** `registry:5000/source-x:1.2` → `registry:5000/source-x` */
const repositoryOf = (image: string): string => image.replace(/(:[^/:]*|@.*)$/, '');

interface Before {
  readonly compatibility: BackwardCompatibility;
  readonly command: 'spec' | 'discover';
}

/** What the image before answered; or why there is nothing to compare with. */
const answerBefore = async (
  entry: EntryLike,
  {compatibility, command}: Before,
  runs: Runs,
  {connector, settings}: Context,
): Promise<{readonly answer: unknown} | {readonly skipped: string}> => {
  if (connector.image === undefined) return {skipped: 'an executable was given, not an image'};
  const {previousVersion, disableForVersion} = compatibility;
  const name = `${repositoryOf(connector.label)}:${previousVersion}`;
  try {
    const previous = await openImage(name, settings.environment);
    if (previous.image?.labels['io.airbyte.version'] === disableForVersion && disableForVersion) {
      return {skipped: `the config says not to compare with ${disableForVersion}`};
    }
    const inputs = command === 'spec' ? {} : {config: await runs.config(entry)};
    const run = await previous.run(command, inputs, {timeout: entry.timeout});
    const [message] = messagesOf(run, command === 'spec' ? 'SPEC' : 'CATALOG');
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

const NAME = 'test_backward_compatibility';

export const specCompatibility: Check = checksOf('spec', (suites) => suites.spec)(
  NAME,
  'configs of the image before are valid for this one',
  async (entry, runs, context): Promise<Verdict> => {
    const compatibility = entry.backwardCompatibility;
    const before = await answerBefore(entry, {compatibility, command: 'spec'}, runs, context);
    if ('skipped' in before) return before;
    return compareSpecs(before.answer, await runs.specification(entry));
  },
);

export const catalogCompatibility: Check = checksOf('discovery', (suites) => suites.discovery)(
  NAME,
  'connections of the image before go on with this one',
  async (entry, runs, context): Promise<Verdict> => {
    const compatibility = entry.backwardCompatibility;
    const before = await answerBefore(entry, {compatibility, command: 'discover'}, runs, context);
    if ('skipped' in before) return before;
    const [now] = messagesOf(await runs.discover(entry), 'CATALOG');
    if (now === undefined) throw new Unavailable('it needs a catalog: see discovery.test_discover');
    return compareCatalogs(before.answer, now.payload);
  },
);
