// The types of checks and of their outcomes.

import type {Stop} from '../../process/child.ts';
import type {Settings} from '../config/settings.ts';
import type {Connector} from '../connectors/connector.ts';

export const SUITES = [
  'spec',
  'connection',
  'discovery',
  'basic_read',
  'full_refresh',
  'incremental',
  'connector_attributes',
  'connector_documentation',
  'invariants',
  'clients',
  'beyond',
  'metadata',
] as const;

export type SuiteName = (typeof SUITES)[number];

/** A fault, with the string that shows it (an output line, a path in a schema …) and advice for its author. */
export interface Fault {
  readonly reason: string;
  readonly offending?: string;
  readonly advice: string;
}

export type Outcome =
  | {readonly status: 'passed'; readonly note?: string}
  | {readonly status: 'warned'; readonly faults: readonly Fault[]}
  | {readonly status: 'failed'; readonly faults: readonly Fault[]}
  | {readonly status: 'skipped'; readonly reason: string};

export interface Context {
  readonly connector: Connector;
  readonly settings: Settings;
  /** Ends the children of a check that opens a connector of its own. */
  readonly stop?: Stop | undefined;
}

/** One check of a suite. It has the same name as in Airbyte's own acceptance tests, if they have it. */
export interface Check {
  readonly suite: SuiteName;
  readonly name: string;
  /** One sentence: what holds when it passes. */
  readonly about: string;
  readonly run: (context: Context) => Promise<Outcome>;
}

/** Passed without faults, failed with them. */
export const outcomeOf = (faults: readonly Fault[], note?: string): Outcome => {
  if (faults.length > 0) return {status: 'failed', faults};
  return note === undefined ? {status: 'passed'} : {status: 'passed', note};
};

export interface Result {
  readonly suite: SuiteName;
  readonly name: string;
  readonly about: string;
  readonly outcome: Outcome;
  /** Milliseconds. */
  readonly took: number;
}
