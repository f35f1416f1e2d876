// A fake API as a program: `node acceptance-tests/fake-apis/<api>/main.ts --port 8701`. It prints its address and
// serves until it is told to end (SIGTERM, SIGINT).
import {Command, InvalidArgumentError} from 'commander';
import type {Api} from './api.ts';
import {serveFake} from './serve.ts';

/** What every fake can be told; a rule of the vendor's that a switch breaks is named in the fake's own files. */
export interface Switches {
  /** The same seed gives the same records, ids and times included. */
  readonly seed: number;
  /** Every nth request is answered with the vendor's own rate limit. */
  readonly throttle?: number;
  /** Every nth request is answered 502. */
  readonly fail?: number;
  /** Of every nth answer only half arrives. */
  readonly cut?: number;
  /** The records of a page come in another order each time, where the vendor promises none. */
  readonly reorder?: boolean;
  /** A record changes with each page that is read. */
  readonly update?: boolean;
}

const whole = (text: string): number => {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
};

interface FakeProgram {
  readonly name: string;
  /** Where it listens unless told; what the source's `integration_tests/` point at. */
  readonly port: number;
  readonly open: (switches: Switches) => Api;
}

const serveUntilToldToEnd = async (
  {name, open}: FakeProgram,
  {port, ...switches}: Switches & {readonly port: number},
): Promise<void> => {
  const served = await serveFake(open(switches), port).catch((error: unknown) => {
    throw new Error(`The fake ${name} API can't listen on port ${port}: ${error}`);
  });
  const end = () => served.close();
  process.once('SIGTERM', end).once('SIGINT', end);
  console.log(served.url);
};

export const runFake = async (program: FakeProgram): Promise<void> => {
  const command = new Command(`fake-${program.name}`)
    .description(
      `A fake ${program.name} API on loopback; prints its address and serves until it is told to end.`,
    )
    .option('--port <number>', 'where it listens; 0 is any free port', whole, program.port)
    .option('--seed <number>', 'the same seed gives the same records', whole, 1)
    .option('--throttle <n>', 'every nth request meets the rate limit', whole)
    .option('--fail <n>', 'every nth request is answered 502', whole)
    .option('--cut <n>', 'of every nth answer only half arrives', whole)
    .option('--reorder', 'another order each time, where none is promised')
    .option('--update', 'a record changes with each page that is read')
    .action((options) => serveUntilToldToEnd(program, options));
  try {
    await command.parseAsync();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
};
