// The second half of a source's run: lands its records, and saves its states after them.
import type {StreamDescriptor} from '../../cdk/protocol/generated/airbyte.ts';
import {fileSafe, type Landing, openLanding, type StreamLanding} from '../landing/jsonl.ts';
import {type Commits, openCommits} from '../landing/state-commits.ts';
import {type CatalogStream, configureCatalog} from '../protocol/catalog.ts';
import {userMessage} from '../report/errors.ts';
import type {Tally} from '../report/tally.ts';
import {type ConnectedSource, endMessage} from './connect-source.ts';
import type {Context, Inputs} from './context.ts';
import {openCountChecker} from './count-checker.ts';
import {type DataMessage, runSession, type Session} from './session.ts';

const readArguments = async (
  {job, config, state}: ConnectedSource,
  streams: readonly CatalogStream[],
  inputs: Inputs,
): Promise<readonly string[]> => {
  const name = fileSafe(job.name);
  const catalog = await inputs.write(`${name}.catalog.json`, configureCatalog(streams));
  const args = ['read', '--config', config.path(), '--catalog', catalog];
  const entries = state.entriesFor(streams);
  return entries.length === 0
    ? args
    : [...args, '--state', await inputs.write(`${name}.state.json`, entries)];
};

/** Handles a message. Returns what the next one must wait for, if it must. */
const receiver = (
  {config, job: {tally}}: ConnectedSource,
  streams: readonly CatalogStream[],
  landing: Landing,
  commits: Commits,
) => {
  const checker = openCountChecker(
    streams.map(({descriptor}) => descriptor),
    tally,
  );
  // Records of a stream share its descriptor, so hardly any record needs the key of its stream.
  const opened = new WeakMap<StreamDescriptor, StreamLanding>();
  const openedFor = (stream: StreamDescriptor): StreamLanding => {
    checker.assertRequested(stream, 'record');
    const landed = landing.open(stream, tally.stream(stream).landed);
    opened.set(stream, landed);
    return landed;
  };
  return (message: DataMessage): Promise<void> | undefined => {
    commits.check();
    switch (message.type) {
      case 'RECORD':
        return (opened.get(message.stream) ?? openedFor(message.stream)).land(message.data);
      case 'STATE':
        if (checker.accepts(message)) commits.add(message.state);
        return undefined;
      case 'STATUS':
        tally.stream(message.stream).statusChanged(message.status, message.waitsUntil);
        return undefined;
      case 'CONFIG':
        return config.replace(message.config);
      default:
        return undefined;
    }
  };
};

/** Ends the tally with the outcome, and adds a problem if the source reported none. */
const conclude = (tally: Tally, {ending, explained, cutOff}: Session, stopped: boolean): void => {
  if (ending.ok && cutOff !== undefined) tally.problem({message: cutOff.message});
  else if (ending.ok && !explained && tally.report().problems.length === 0) {
    tally.end('complete');
    const open = tally.report().streams.filter(({status}) => status !== 'complete');
    if (open.length === 0) return;
    tally.problem({
      message: `Its read ended with exit code 0, but without COMPLETE for ${open.map(({name}) => name).join(', ')}: rows may be missing.`,
    });
  } else if (!ending.ok && !stopped && !explained) {
    tally.problem({message: endMessage('read', ending)});
  }
  tally.end(stopped ? 'stopped' : 'failed');
};

/** Reads the streams of a source. Never rejects: its tally has the outcome. */
export const readSource = async (
  source: ConnectedSource,
  streams: readonly CatalogStream[],
  context: Context,
  inputs: Inputs,
): Promise<void> => {
  const {name, tally} = source.job;
  if (streams.length === 0 || context.stop.soon.aborted) {
    tally.end(streams.length === 0 ? 'skipped' : 'stopped');
    return;
  }
  for (const {descriptor} of streams) tally.stream(descriptor);
  const landing = openLanding({...context, source: name});
  const broken = new AbortController();
  const commits = openCommits(landing, source.state, {
    onSave: tally.stateIn,
    // `commits.check` alone would not end a source that emits nothing for a while.
    onFailure: () => broken.abort(),
  });
  const stop = {...context.stop, soon: AbortSignal.any([context.stop.soon, broken.signal])};
  try {
    const args = await readArguments(source, streams, inputs);
    const take = receiver(source, streams, landing, commits);
    // However it ends, the rows that arrived are kept, with the states that they allow.
    const session = await runSession(source.job, args, {...context, stop}, take)
      .finally(commits.settle)
      .finally(landing.close);
    conclude(tally, session, context.stop.soon.aborted);
  } catch (error) {
    tally.problem({message: userMessage(error)});
    tally.end('failed');
  } finally {
    for (const {stream, ...written} of landing.written()) tally.stream(stream).settle(written);
  }
};
