// Saves states after the rows they cover, while the reading goes on: a disk takes its time to confirm, and the
// states that come meanwhile are saved together. A state on disk never covers a row that is not.

import type {State} from '../protocol/messages.ts';
import type {Landing} from './jsonl.ts';
import type {StateFile} from './state-file.ts';

export type Commits = {
  /** Takes a state whose rows have been handed to the landing. */
  readonly add: (state: State) => void;
  /** Throws once a state could not be saved. */
  readonly check: () => void;
  /** Resolves when all states are saved; rejects if that failed. */
  readonly settle: () => Promise<void>;
};

const syncRows = async (landing: Landing, states: readonly State[]): Promise<void> => {
  const streams = new Set(
    states.map((state) => (state.scope === 'STREAM' ? state.stream : undefined)),
  );
  for (const stream of streams.has(undefined) ? [undefined] : streams) await landing.sync(stream);
};

/** Opens the way from a landing to a state file. */
export const openCommits = (
  landing: Landing,
  stateFile: StateFile,
  {onSave, onFailure}: {readonly onSave: (path: string) => void; readonly onFailure: () => void},
): Commits => {
  let waiting: State[] = [];
  let saving: Promise<void> | undefined;
  let failure: {readonly error: unknown} | undefined;

  const save = async (states: readonly State[]): Promise<void> => {
    await syncRows(landing, states);
    await stateFile.save(states);
    onSave(stateFile.path);
  };
  const saveWaiting = async (): Promise<void> => {
    try {
      while (waiting.length > 0) {
        const states = waiting;
        waiting = [];
        await save(states);
      }
    } catch (error) {
      failure = {error};
      onFailure();
    } finally {
      // In the same breath as the look at `waiting`, or a state could come in between and be forgotten.
      saving = undefined;
    }
  };
  const check = (): void => {
    if (failure !== undefined) throw failure.error;
  };
  return {
    add: (state) => {
      waiting.push(state);
      saving ??= saveWaiting();
    },
    check,
    settle: async () => {
      await saving;
      check();
    },
  };
};
