// Packages that only some commands need. They are optional peers: a repository installs those it uses.
import packageJson from '../package.json' with {type: 'json'};
import {codeOf, messageOf, UsageError} from './errors.ts';

const PEERS: Readonly<Record<string, string>> = packageJson.peerDependencies;

/** The optional package whose absence made an import fail, with its version. */
const missingIn = (error: unknown): string | undefined => {
  if (codeOf(error) !== 'ERR_MODULE_NOT_FOUND') return undefined;
  const [, name = ''] = /^Cannot find package '([^']+)'/.exec(messageOf(error)) ?? [];
  const range = PEERS[name];
  return range === undefined ? undefined : `${name}@${range.replace(/^\^/, '')}`;
};

/** Loads what a command needs. If an optional package is missing, the UsageError has the line that installs it. */
export const loadFor = async <T>(command: string, load: () => Promise<T>): Promise<T> => {
  try {
    return await load();
  } catch (error) {
    const missing = missingIn(error);
    if (missing === undefined) throw error;
    throw new UsageError(
      `\`headwater ${command}\` needs one more package: npm install --save-dev ${missing}`,
    );
  }
};
