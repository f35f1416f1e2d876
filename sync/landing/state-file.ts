// The state of a source between runs: a JSON list of Airbyte states, which `read --state` takes.
import {access} from 'node:fs/promises';
import {at} from '../../cdk/json/at.ts';
import {isObject, type JsonObject} from '../../cdk/json/values.ts';
import {streamKey} from '../../cdk/protocol/catalog.ts';
import type {StreamDescriptor} from '../../cdk/protocol/generated/airbyte.ts';
import {isEmptyBlob} from '../../cdk/protocol/state.ts';
import {type Owner, readOwner} from '../config/account.ts';
import {readState, type State} from '../protocol/messages.ts';
import {SyncError} from '../report/errors.ts';
import {readJsonFile, replaceFile} from './files.ts';

export type StateFile = {
  readonly path: string;
  /** True if an earlier run or this one has saved a state. */
  readonly exists: () => boolean;
  /** The owner of the saved states; undefined in a first run, or if another tool saved them. */
  readonly owner: () => Owner | undefined;
  /** Saves this owner with the states from now on. */
  readonly claim: (owner: Owner) => void;
  /** The states for a `read` of these streams; empty in a first run. */
  readonly entriesFor: (
    streams: readonly {readonly descriptor: StreamDescriptor; readonly incremental: boolean}[],
  ) => readonly JsonObject[];
  /** Replaces the states of these streams and saves the file. The rows must be on disk. */
  readonly save: (states: readonly State[]) => Promise<void>;
};

const HELP =
  'Repair it, or move it away to read everything from the beginning. Nothing was overwritten';

/** Airbyte also accepts a state that is wrapped in its message. */
const unwrap = (entry: unknown): unknown =>
  isObject(entry) && isObject(entry['state']) ? entry['state'] : entry;

/** The key of the owner in the first state. The protocol allows other keys in a state. */
const OWNER = 'headwater';

type Content = {readonly states: readonly State[]; readonly owner: Owner | undefined};

const load = async (path: string): Promise<Content> => {
  const content = await readJsonFile('state', path).catch((error: unknown) => {
    throw error instanceof SyncError ? new SyncError(`${error.message} ${HELP}.`) : error;
  });
  const entries = (Array.isArray(content) ? content : [content]).map(unwrap);
  const states = entries.map(readState);
  const known = states.filter((state) => state !== undefined);
  if (known.length < states.length) {
    throw new SyncError(
      `The state file ${path} is not a list of Airbyte states, such as [{"type": "STREAM", "stream": {"stream_descriptor": {"name": …}, "stream_state": {…}}}]. ${HELP}.`,
    );
  }
  const owner = entries.map((entry) => readOwner(at(entry, OWNER))).find(Boolean);
  return {states: known, owner};
};

const keyOf = (state: State): string =>
  state.scope === 'STREAM' ? `STREAM ${streamKey(state.stream)}` : state.scope;

/** A finished full refresh leaves a state that some sources take for "nothing left to read". */
const isFinished = ({entry}: State): boolean => {
  const {stream} = entry;
  const blob = isObject(stream) ? stream['stream_state'] : undefined;
  return !isObject(blob) || isEmptyBlob(blob);
};

/** Opens a source's state. A missing file is an empty state; throws a SyncError if a file is not valid. */
export const openStateFile = async (path: string): Promise<StateFile> => {
  let exists = await access(path).then(
    () => true,
    () => false,
  );
  let states = new Map<string, State>();
  const put = (state: State): void => {
    // A source uses one scope. If it changes, the states of the old scope would contradict the new ones.
    const others = [...states].filter(([, {scope}]) => scope === state.scope);
    states = new Map(others).set(keyOf(state), state);
  };
  let owner: Owner | undefined;
  if (exists) {
    const content = await load(path);
    content.states.forEach(put);
    owner = content.owner;
  }
  let saving = Promise.resolve();
  const write = async (): Promise<void> => {
    const lines = [...states.values()].map(({entry}, index) =>
      JSON.stringify(index === 0 && owner !== undefined ? {...entry, [OWNER]: owner} : entry),
    );
    await replaceFile('state', path, `[\n${lines.join(',\n')}\n]\n`);
    exists = true;
  };
  return {
    path,
    exists: () => exists,
    owner: () => owner,
    claim: (next) => {
      owner = next;
    },
    entriesFor: (streams) => {
      const chosen = new Map(streams.map((stream) => [streamKey(stream.descriptor), stream]));
      const isWanted = (state: State): boolean => {
        if (state.scope !== 'STREAM') return true;
        const stream = chosen.get(streamKey(state.stream));
        return stream !== undefined && (stream.incremental || !isFinished(state));
      };
      return [...states.values()].filter(isWanted).map(({entry}) => entry);
    },
    save: (newer) => {
      newer.forEach(put);
      // One after another, so that the last one has all states. A failed one does not keep the next from being tried.
      saving = saving.catch(() => {}).then(write);
      return saving;
    },
  };
};
