// Saves states after the rows that they cover, while reading continues. States that arrive while the disk is busy are saved
// together. A state on disk never covers a row that is not on disk.

import type {State} from '../protocol/messages.ts';
import type {Landing} from './jsonl.ts';
import type {StateFile} from './state-file.ts';

export type Commits = {
  /** Takes a state after its rows were passed to the landing. */
  readonly add: (state: State) => void;
  /** Throws if a state could not be saved. */
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
      // Without an `await` after the check of `waiting`: a state that came in between would never be saved.
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
