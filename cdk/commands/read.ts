import type {Source} from '../author/source.ts';
import type {Totals} from '../http/totals.ts';
import {parseCatalog} from '../protocol/catalog.ts';
import {parseState} from '../protocol/state.ts';
import {currentStream, waitAside} from '../read/current-stream.ts';
import {planRead} from '../read/plan.ts';
import {readPlan} from '../read/read.ts';
import type {Command, Input, Runtime} from './command.ts';
import {connect, streamsOf} from './connect.ts';

const counted = (count: number, one: string, several = `${one}s`): readonly string[] =>
  count === 0 ? [] : [`${count} ${count === 1 ? one : several}`];

/** `12 requests, 11 pages, 48210 bytes, 1 retry, waited 2.5 s`; '' for a stream that asked nothing. */
const describeTotals = ({requests, pages, bytes, retries, waited, ignored}: Totals): string =>
  [
    ...counted(requests, 'request'),
    ...counted(pages, 'page'),
    ...counted(bytes, 'byte'),
    ...counted(retries, 'retry', 'retries'),
    ...(waited === 0 ? [] : [`waited ${(waited / 1000).toFixed(1)} s`]),
    ...counted(ignored, 'answer ignored', 'answers ignored'),
  ].join(', ');

export type ReadInputs = {
  readonly config: Input;
  /** A configured catalog. */
  readonly catalog: Input;
  /** The state of earlier syncs, in any of the shapes clients keep it in; undefined for none. */
  readonly state: Input;
};

/** Reads the records of the configured streams, each from where its state says. */
export async function* read<C extends object>(
  source: Source<C>,
  inputs: ReadInputs,
  runtime: Runtime,
): Command {
  let announce = (_stream: string, _until: number): void => {};
  const {close, totals, underWay, concurrency, ...connection} = await connect(
    source,
    inputs.config,
    runtime,
    {
      caller: currentStream,
      aside: waitAside,
      onWait: ({until, caller = ''}) => announce(caller, until),
    },
  );
  try {
    const configured = parseCatalog(await inputs.catalog());
    const state = parseState(await inputs.state());
    const context = {startedAt: runtime.now(), isRetry: runtime.isRetry ?? false};
    return yield* readPlan(planRead(configured, streamsOf(source, connection), state, context), {
      ...runtime,
      startedAt: context.startedAt,
      ...(concurrency !== undefined && {concurrency}),
      followWaits: (listener) => {
        announce = listener;
      },
      workOf: (stream) => describeTotals(totals(stream)),
      underWay,
    });
  } finally {
    await close();
  }
}
