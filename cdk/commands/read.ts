import type {Source} from '../author/source.ts';
import {parseCatalog} from '../protocol/catalog.ts';
import {parseState} from '../protocol/state.ts';
import {planRead} from '../read/plan.ts';
import {readPlan} from '../read/read.ts';
import type {Command, Input, Runtime} from './command.ts';
import {concurrencyOf, connect, jsonOf, streamsOf} from './connect.ts';

export type ReadInputs = {
  readonly config: Input;
  readonly catalog: Input;
  /** The state of the last sync, in any shape that clients keep; undefined in a first sync. */
  readonly state: Input;
};

export async function* read<C extends object>(
  source: Source<C>,
  inputs: ReadInputs,
  runtime: Runtime,
): Command {
  const connection = await connect(source, inputs.config, runtime);
  const {config, http} = connection;
  try {
    const configured = parseCatalog(await inputs.catalog());
    const state = parseState(await inputs.state());
    const context = {startedAt: runtime.now(), isRetry: runtime.isRetry ?? false};
    const concurrency = concurrencyOf(source, config);
    const streams = await streamsOf(source, connection, runtime.signal);
    const plan = planRead(configured, streams, state, context);
    return yield* readPlan(plan, {
      ...runtime,
      startedAt: context.startedAt,
      http,
      config: jsonOf(config),
      ...(concurrency !== undefined && {concurrency}),
    });
  } finally {
    await http.close();
  }
}
