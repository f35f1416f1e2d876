// Replaces references in a config by their values: `env:NAME`, `file:/run/secrets/x`, `aws-sm:…`, `gcp-sm:…`, `vault:…`.

import {setTimeout as delay} from 'node:timers/promises';
import {ConfigError, messageOf, SystemError, TransientError} from '../errors.ts';
import {exactOf, parseExact, withDigitsOf} from '../json/exact.ts';
import {withoutFullStop} from '../json/trim.ts';
import {fieldOf, isObject, kindOf, valueAt} from '../json/values.ts';
import {openAwsSm} from './aws-sm.ts';
import {openEnv} from './env.ts';
import {openFile} from './file.ts';
import {openGcpSm} from './gcp-sm.ts';
import {loadPackage} from './packages.ts';
import {type Kind, parseReference, type Reference, shapeMissed} from './reference.ts';
import type {OpenStore, Store, StoreContext} from './store.ts';
import {openVault} from './vault.ts';

export type ResolveRuntime = {
  readonly signal: AbortSignal;
  readonly log: (level: 'WARN', message: string) => void;
  /** Called with each secret as soon as it is known. Values from the environment are not counted as secrets. */
  readonly onSecret: (secret: string) => void;
  readonly env?: StoreContext['env'];
  readonly load?: StoreContext['load'];
  /** Resolves after `ms` milliseconds, or rejects when the signal is aborted. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<unknown>;
};

export type Resolved = {
  /** The config with the values of its references. */
  readonly config: unknown;
  readonly values: ReadonlyMap<string, Value>;
};

type Value = string | number | boolean;

const STORES: Readonly<Record<Kind, OpenStore>> = {
  env: openEnv,
  file: openFile,
  'aws-sm': openAwsSm,
  'gcp-sm': openGcpSm,
  vault: openVault,
};

/** In milliseconds, for all attempts at one secret. Airbyte's tests wait 30 seconds for a check. */
const LIMIT = 20_000;
const AT_ONCE = 4;

const stringsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(stringsIn);
  return isObject(value) ? Object.values(value).flatMap(stringsIn) : [];
};

const replacedIn = (value: unknown, change: (text: string) => unknown): unknown => {
  if (typeof value === 'string') return change(value) ?? value;
  if (Array.isArray(value)) {
    return withDigitsOf(
      value,
      value.map((item) => replacedIn(item, change)),
    );
  }
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, replacedIn(inner, change)]);
  return withDigitsOf(value, Object.fromEntries(entries));
};

/** The parser's own message would quote the secret. */
const parseSecret = (secret: unknown): unknown => {
  if (typeof secret !== 'string') return secret;
  try {
    return parseExact(secret);
  } catch {
    throw new ConfigError(
      'the secret is not JSON, so it has no fields: leave out the # and the key',
    );
  }
};

/** A key may contain dots itself. */
const secretField = (secret: unknown, key: string): unknown =>
  isObject(secret) && Object.hasOwn(secret, key) ? secret[key] : valueAt(secret, key);

/** A number with digits that JavaScript cannot hold is an object. */
const exactField = (json: unknown, key: string): unknown => {
  const value = fieldOf(json, key);
  return typeof json === 'object' && json !== null ? exactOf(json, key, value) : value;
};

const assertExact = (parsed: unknown, key: string, value: unknown): void => {
  if (typeof value !== 'number' || Math.abs(value) <= Number.MAX_SAFE_INTEGER) return;
  if (typeof valueAt(parsed, key, exactField) !== 'object') return;
  throw new ConfigError(
    `the value of the key ${key} is a number beyond 2^53, where JSON numbers are not exact in JavaScript: write it in quotes`,
  );
};

const pick = (secret: unknown, key: string | undefined): Value => {
  const parsed = key === undefined ? secret : parseSecret(secret);
  const value = key === undefined ? secret : secretField(parsed, key);
  if (key !== undefined) assertExact(parsed, key, value);
  if (value === '') throw new ConfigError('it is empty');
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return value;
  }
  throw new ConfigError(
    value === undefined
      ? `the secret has no key ${key}`
      : `the value of the key ${key} is ${kindOf(value)}, not a string, a number or a boolean`,
  );
};

/** A failure that names its reference. It has no cause, because a store's message might contain a secret. */
const failureOf = ({text}: Reference, error: unknown): Error => {
  const message = `The reference ${text} can't be resolved: ${withoutFullStop(messageOf(error))}.`;
  if (error instanceof ConfigError) return new ConfigError(message);
  return error instanceof TransientError ? new TransientError(message) : new SystemError(message);
};

/** One error for all failures. If the user can fix one of them, it is a ConfigError. */
const together = (failures: readonly Error[]): Error => {
  const message = failures.map((failure) => failure.message).join(' ');
  if (failures.some((failure) => failure instanceof ConfigError)) return new ConfigError(message);
  return failures.every((failure) => failure instanceof TransientError)
    ? new TransientError(message)
    : new SystemError(message);
};

/** Runs a few jobs at a time. Jobs must not reject. */
const runLimited = async (jobs: readonly (() => Promise<void>)[]): Promise<void> => {
  const waiting = jobs.values();
  const work = async (): Promise<void> => {
    for (const job of waiting) await job();
  };
  await Promise.all(Array.from({length: AT_ONCE}, work));
};

/** Gives up on a store that does not respond, because some stores ignore the signal. */
const within = async <T>(
  {signal, sleep = (ms, until) => delay(ms, undefined, {signal: until})}: ResolveRuntime,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  const givenUp = sleep(LIMIT, until).then(
    () => {
      throw new TransientError(`no response within ${LIMIT / 1_000} s`);
    },
    () => {
      throw signal.reason;
    },
  );
  // It also rejects after `work` has ended, when nothing listens.
  givenUp.catch(() => {});
  return await Promise.race([work(until), givenUp]).finally(() => over.abort());
};

const warnOfMissed = (strings: readonly string[], log: ResolveRuntime['log']): void => {
  for (const shape of new Set(strings.map(shapeMissed))) {
    if (shape === undefined) continue;
    log(
      'WARN',
      `A value in the config begins like a reference to a secret, but is not one: a reference looks like ${shape}. The value is used unchanged.`,
    );
  }
};

type Outcome = {readonly values: Map<string, Value>; readonly failures: Error[]};

/** Adds the value of each reference to one secret to the outcome, or its failure. */
const note = async (
  sharing: readonly Reference[],
  fetch: () => Promise<unknown>,
  {values, failures}: Outcome,
  onSecret: ResolveRuntime['onSecret'],
): Promise<void> => {
  const [fetched] = await Promise.allSettled([fetch()]);
  for (const reference of sharing) {
    try {
      if (fetched.status === 'rejected') throw fetched.reason;
      const value = pick(fetched.value, reference.key);
      // "true" is not a secret, and would be masked in every sentence.
      if (reference.kind !== 'env' && typeof value !== 'boolean') onSecret(String(value));
      values.set(reference.text, value);
    } catch (error) {
      failures.push(failureOf(reference, error));
    }
  }
};

/** Fetches each secret once, whatever the number of references to it. */
const fetchAll = async (
  references: readonly Reference[],
  runtime: ResolveRuntime,
): Promise<ReadonlyMap<string, Value>> => {
  const {signal, onSecret, env = process.env, load = loadPackage} = runtime;
  const stores = new Map<Kind, Store>();
  const storeFor = (kind: Kind): Store => {
    const store = stores.get(kind) ?? STORES[kind]({env, load, onSecret, signal});
    stores.set(kind, store);
    return store;
  };
  const outcome: Outcome = {values: new Map(), failures: []};
  const bySecret = Map.groupBy(references, ({kind, target}) => `${kind}:${target}`);
  const jobs = [...bySecret.values()].map((sharing) => async () => {
    const [first] = sharing;
    if (first === undefined) return;
    const fetch = () => within(runtime, (until) => storeFor(first.kind).fetch(first.target, until));
    await note(sharing, fetch, outcome, onSecret);
  });
  await runLimited(jobs);
  // The secrets are fetched: an error while closing does not matter.
  const closings = [...stores.values()].map((store) => within(runtime, store.close));
  await Promise.allSettled(closings);
  signal.throwIfAborted();
  if (outcome.failures.length > 0) throw together(outcome.failures);
  return outcome.values;
};

/**
 * Resolves the references of a config at any depth. A config without references is returned unchanged.
 * @throws ConfigError that names each reference and the reason, TransientError if a store could not be reached. Errors
 *   contain no values.
 */
export const resolveReferences = async (
  config: unknown,
  runtime: ResolveRuntime,
): Promise<Resolved> => {
  const strings = [...new Set(stringsIn(config))];
  warnOfMissed(strings, runtime.log);
  const references = strings.flatMap((text) => parseReference(text) ?? []);
  if (references.length === 0) return {config, values: new Map()};
  const values = await fetchAll(references, runtime);
  return {config: replacedIn(config, (text) => values.get(text)), values};
};
