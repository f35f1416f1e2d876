// What `headwater test` hands to the jest it starts: by the environment, as jest has no arguments for tests.
import type {Order} from '../options.ts';

export interface Handed {
  readonly order: Order;
  /** Where `headwater test` was called: its paths and the connector's own start there. */
  readonly cwd: string;
  /** The file to which each result is added, one line of JSON each. */
  readonly outcomes: string;
}

export const VARIABLE = 'HEADWATER_TEST';

export const orderOfJest = (): Handed => {
  const text = process.env[VARIABLE];
  if (text === undefined) {
    throw new Error('This file is run by `headwater test`, which says what is to be tested.');
  }
  return JSON.parse(text);
};
