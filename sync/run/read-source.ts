// The second half of a source's run: its records land, and its states are saved after them.
import {streamKey} from '../../cdk/protocol/catalog.ts';
import {type Commits, openCommits} from '../landing/commits.ts';
import {fileSafe, type Landing, openLanding} from '../landing/jsonl.ts';
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

/** Lines that got lost between the source and here would be lost for good: its next run starts after them. */
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
      `${stream.name}: the source counts ${count(recordCount, 'record')} up to its state, but ${count(landed, 'record')} arrived.`,
    );
  };
};

/** Deals with one message; resolves when the next one may come. */
const receiver = (
  source: ConnectedSource,
  landing: Landing,
  commits: Commits,
  context: Context,
) => {
  const {config} = source;
  const {tally} = source.job;
  const checkCount = countChecker(source, context);
  return async (answer: DataMessage): Promise<void> => {
    commits.check();
    switch (answer.type) {
      case 'RECORD': {
        const {path, bytes} = await landing.land(answer.stream, answer.data);
        return tally.stream(answer.stream).landed(path, bytes);
      }
      case 'STATE':
        checkCount(answer);
        return commits.add(answer.state);
      case 'STATUS':
        return tally.stream(answer.stream).heard(answer.status, answer.waitsUntil);
      case 'CONFIG':
        return config.replace(answer.config);
    }
  };
};

/** Closes the books: whether all went well, and if not, what else there is to say. */
const conclude = (tally: Tally, {ending, explained}: Session, stopped: boolean): void => {
  if (ending.ok && !explained) {
    tally.end('complete');
    const open = tally.report().streams.filter(({status}) => status !== 'complete');
    if (open.length === 0) return;
    tally.problem({
      message: `Its read ended as if all was well, but it never said that ${open.map(({name}) => name).join(', ')} is complete: rows may be missing.`,
    });
  } else if (!stopped && !explained) {
    tally.problem({message: endMessage('read', ending)});
  }
  tally.end(stopped ? 'stopped' : 'failed');
};

/** Reads the streams of a source. Never rejects: its tally says how it went. */
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
    // A source that is silent would not notice for long that nothing more is saved.
    onFailure: () => broken.abort(),
  });
  const stop = {...context.stop, soon: AbortSignal.any([context.stop.soon, broken.signal])};
  try {
    const args = await readArguments(source, streams, inputs);
    const take = receiver(source, landing, commits, context);
    // Whatever ends it: the rows that came are kept, and the states they allow.
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
