// Types and files that the sources of a run share.
import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {Stop} from '../../process/child.ts';
import {clearTemporaryFolders, makeTemporaryFolder} from '../../process/temporary-folder.ts';
import type {Level} from '../report/progress.ts';
import type {Tally} from '../report/tally.ts';

export type Context = {
  /** Gets the rows and states, and changed configs if there is no store for them. */
  readonly directory: string;
  /** The directory of the store for changed configs, if the user named one. */
  readonly tokens?: string | undefined;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly now: () => number;
  readonly stop: Stop;
  /** Uses a state that was saved for another account. */
  readonly adoptState?: boolean | undefined;
  /** Shows everything that sources log. */
  readonly debug: boolean;
  /** Shows a line while the run goes on. */
  readonly log: (source: string, level: Level, text: string) => void;
};

/** One source of a run. */
export type Job = {
  readonly name: string;
  /** The path of its program. */
  readonly path: string;
  /** The same for all paths of the program; by default its path. */
  readonly program?: string;
  /** The path of its config, if the user gave one. */
  readonly config: string | undefined;
  /** The path of its state. */
  readonly state: string;
  readonly tally: Tally;
};

export type Inputs = {
  /** Writes a file that a source reads; returns its path. */
  readonly write: (name: string, content: unknown) => Promise<string>;
  readonly remove: () => Promise<void>;
};

const PREFIX = 'headwater-sync-';

/** Makes a folder for files that sources read, such as configs. No other user can read it. */
export const openInputs = async (): Promise<Inputs> => {
  await clearTemporaryFolders(PREFIX);
  const {path: folder, remove} = await makeTemporaryFolder(PREFIX);
  return {
    write: async (name, content) => {
      const path = join(folder, name);
      await writeFile(path, JSON.stringify(content), {mode: 0o600});
      return path;
    },
    remove,
  };
};
