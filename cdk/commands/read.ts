import {parseCatalog} from '../protocol/catalog.ts';
import {parseState} from '../protocol/state.ts';
import {planRead} from '../read/plan.ts';
import {readPlan} from '../read/read.ts';
import type {Source} from '../source.ts';
import type {Command, Input, Runtime} from './command.ts';
import {connect, streamsOf} from './connect.ts';

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
  let announce = (_until: number): void => {};
  const {close, ...connection} = await connect(source, inputs.config, runtime, {
    onWait: ({until}) => announce(until),
  });
  try {
    const configured = parseCatalog(await inputs.catalog());
    const state = parseState(await inputs.state());
    return yield* readPlan(planRead(configured, streamsOf(source, connection), state), {
      ...runtime,
      followWaits: (listener) => {
        announce = listener;
      },
    });
  } finally {
    await close();
  }
}
