// The second half of a source's run: lands its records, and saves its states after them.
import {streamKey} from '../../cdk/protocol/catalog.ts';
import {fileSafe, type Landing, openLanding} from '../landing/jsonl.ts';
import {type Commits, openCommits} from '../landing/state-commits.ts';
import {type CatalogStream, configureCatalog} from '../protocol/catalog.ts';
import type {Message} from '../protocol/messages.ts';
import {userMessage} from '../report/errors.ts';
import {count} from '../report/format.ts';
import type {Tally} from '../report/tally.ts';
import {type ConnectedSource, endMessage} from './connect-source.ts';
import type {Context, Inputs} from './context.ts';
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

type StateMessage = Extract<Message, {readonly type: 'STATE'}>;

/** Compares counts, because a record that is lost on the way would be lost for good: the next run starts after it. */
const countChecker = ({job}: ConnectedSource, {log}: Context) => {
  const reported = new Set<string>();
  return ({state, recordCount}: StateMessage): void => {
    if (state.scope !== 'STREAM') return;
    const {stream} = state;
    const landed = job.tally.stream(stream).takeCount();
    if (recordCount === undefined || recordCount === landed || reported.has(streamKey(stream)))
      return;
    reported.add(streamKey(stream));
    log(
      job.name,
      'warn',
      `${stream.name}: the source counted ${count(recordCount, 'record')} before its state, but ${count(landed, 'record')} arrived. Rows may be missing: report it to the author of the source.`,
    );
  };
};

/** Handles a message. Resolves when the next one can be handled. */
const receiver = (
  source: ConnectedSource,
  landing: Landing,
  commits: Commits,
  context: Context,
) => {
  const {config} = source;
  const {tally} = source.job;
  const checkCount = countChecker(source, context);
  return async (message: DataMessage): Promise<void> => {
    commits.check();
    switch (message.type) {
      case 'RECORD': {
        const {path, bytes} = await landing.land(message.stream, message.data);
        return tally.stream(message.stream).landed(path, bytes);
      }
      case 'STATE':
        checkCount(message);
        return commits.add(message.state);
      case 'STATUS':
        return tally.stream(message.stream).statusChanged(message.status, message.waitsUntil);
      case 'CONFIG':
        return config.replace(message.config);
    }
  };
};

/** Ends the tally with the outcome, and adds a problem if the source reported none. */
const conclude = (tally: Tally, {ending, explained}: Session, stopped: boolean): void => {
  if (ending.ok && !explained) {
    tally.end('complete');
    const open = tally.report().streams.filter(({status}) => status !== 'complete');
    if (open.length === 0) return;
    tally.problem({
      message: `Its read ended with exit code 0, but without COMPLETE for ${open.map(({name}) => name).join(', ')}: rows may be missing.`,
    });
  } else if (!stopped && !explained) {
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
    const take = receiver(source, landing, commits, context);
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
