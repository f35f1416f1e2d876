// A fake API as a program: `sh scripts/node.sh sources/<source>/fake-api/main.ts --port 8701`. It prints its address and
// serves until SIGTERM or SIGINT.
import {Command, InvalidArgumentError} from 'commander';
import type {Api} from './api.ts';
import {serveFake} from './serve.ts';

/** The switches of every fake. The fake's own files name the vendor's rules that a switch breaks. */
export interface Switches {
  /** The same seed gives the same records, ids and times included. */
  readonly seed: number;
  /** Every nth request gets a rate limit response of the vendor. */
  readonly throttle?: number;
  /** Every nth request gets a 502. */
  readonly fail?: number;
  /** Only half of every nth response is sent. */
  readonly cut?: number;
  /** The records of a page are in a different order each time, if the vendor promises no order. */
  readonly reorder?: boolean;
  /** A record changes with each page that is read. */
  readonly update?: boolean;
}

const wholeNumber = (text: string): number => {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
};

interface FakeProgram {
  readonly name: string;
  /** The default port, which is in the source's `integration_tests/`. */
  readonly port: number;
  readonly open: (switches: Switches) => Api;
}

const serveUntilSignal = async (
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
      `A fake ${program.name} API on loopback; prints its address and serves until SIGTERM or SIGINT.`,
    )
    .option(
      '--port <number>',
      'the port to listen on; 0 means any free port',
      wholeNumber,
      program.port,
    )
    .option('--seed <number>', 'the same seed gives the same records', wholeNumber, 1)
    .option('--throttle <n>', 'every nth request gets a rate limit response', wholeNumber)
    .option('--fail <n>', 'every nth request gets a 502', wholeNumber)
    .option('--cut <n>', 'only half of every nth response is sent', wholeNumber)
    .option('--reorder', 'a different order each time, if none is promised')
    .option('--update', 'a record changes with each page that is read')
    .action((options) => serveUntilSignal(program, options));
  try {
    await command.parseAsync();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
};
