// Puts what references in a config stand for in their place: `env:NAME`, `file:/run/secrets/x`, `aws-sm:…`, `gcp-sm:…`, `vault:…`.
import {setTimeout as delay} from 'node:timers/promises';
import {ConfigError, messageOf, SystemError, TransientError} from '../errors.ts';
import {isObject, kindOf, valueAt} from '../json/values.ts';
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
  /** Told each secret as soon as it is known. What comes from the environment need not be one. */
  readonly onSecret: (secret: string) => void;
  /** Default: this process's own. */
  readonly env?: StoreContext['env'];
  /** How optional packages are loaded; default: by Node. */
  readonly load?: StoreContext['load'];
  /** Resolves after so many milliseconds, or rejects when the signal is aborted. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<unknown>;
};

export type Resolved = {
  /** The config with values in the place of its references. */
  readonly config: unknown;
  /** What each reference stands for. */
  readonly values: ReadonlyMap<string, Value>;
};

/** What a field of a config may hold, and a reference stand for. */
type Value = string | number | boolean;

const STORES: Readonly<Record<Kind, OpenStore>> = {
  env: openEnv,
  file: openFile,
  'aws-sm': openAwsSm,
  'gcp-sm': openGcpSm,
  vault: openVault,
};

/** For one secret, all attempts together, in milliseconds. A check is waited for 30 seconds by Airbyte's tests. */
const LIMIT = 20_000;
const AT_ONCE = 4;

/** Each text of a config, however deep. */
const textsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isObject(value) ? Object.values(value).flatMap(textsIn) : [];
};

/** The config with each text replaced for which `change` has something else. */
const replacedIn = (value: unknown, change: (text: string) => unknown): unknown => {
  if (typeof value === 'string') return change(value) ?? value;
  if (Array.isArray(value)) return value.map((item) => replacedIn(item, change));
  return isObject(value)
    ? Object.fromEntries(
        Object.entries(value).map(([key, inner]) => [key, replacedIn(inner, change)]),
      )
    : value;
};

/** The parser's own message would quote the secret. */
const parseSecret = (secret: unknown): unknown => {
  if (typeof secret !== 'string') return secret;
  try {
    return JSON.parse(secret);
  } catch {
    throw new ConfigError(
      'the secret is no JSON, so it has no fields: leave out the # and the key',
    );
  }
};

/** A key may itself hold dots. */
const secretField = (secret: unknown, key: string): unknown =>
  isObject(secret) && Object.hasOwn(secret, key) ? secret[key] : valueAt(secret, key);

/** What is meant of a secret. */
const pick = (secret: unknown, key: string | undefined): Value => {
  const value = key === undefined ? secret : secretField(parseSecret(secret), key);
  if (value === '') throw new ConfigError('it is empty');
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return value;
  }
  throw new ConfigError(
    value === undefined
      ? `the secret has no key ${key}`
      : `what the key ${key} leads to is ${kindOf(value)}, and not a text, a number or a boolean`,
  );
};

/** A failure by which the user is told which reference it is about. No cause: it might hold what a store said. */
const failureOf = ({text}: Reference, error: unknown): Error => {
  const told = `The reference ${text} can't be resolved: ${messageOf(error).replace(/[.\s]+$/, '')}.`;
  if (error instanceof ConfigError) return new ConfigError(told);
  return error instanceof TransientError ? new TransientError(told) : new SystemError(told);
};

/** One error for all: what the user can mend comes first. */
const together = (failures: readonly Error[]): Error => {
  const told = failures.map(({message}) => message).join(' ');
  if (failures.some((failure) => failure instanceof ConfigError)) return new ConfigError(told);
  return failures.every((failure) => failure instanceof TransientError)
    ? new TransientError(told)
    : new SystemError(told);
};

/** Does some of the jobs at a time, and all of them whatever becomes of one. */
const inTurn = async (jobs: readonly (() => Promise<void>)[]): Promise<void> => {
  const waiting = jobs.values();
  const work = async (): Promise<void> => {
    for (const job of waiting) await job();
  };
  await Promise.all(Array.from({length: AT_ONCE}, work));
};

/** Gives up on a store that does not answer: not all of them stop when they are told so. */
const within = async <T>(
  {signal, sleep = (ms, until) => delay(ms, undefined, {signal: until})}: ResolveRuntime,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  const givenUp = sleep(LIMIT, until).then(
    () => {
      throw new TransientError(`no answer came within ${LIMIT / 1_000} s`);
    },
    () => {
      throw signal.reason;
    },
  );
  // It also ends when all is well, and nobody listens any more.
  givenUp.catch(() => {});
  return await Promise.race([work(until), givenUp]).finally(() => over.abort());
};

const warnOfMissed = (texts: readonly string[], log: ResolveRuntime['log']): void => {
  for (const shape of new Set(texts.map(shapeMissed))) {
    if (shape === undefined) continue;
    log(
      'WARN',
      `The config has a value that begins like a reference to a secret, but is none: that would look like ${shape}. It is used as it is.`,
    );
  }
};

type Outcome = {readonly values: Map<string, Value>; readonly failures: Error[]};

/** Notes what each reference to one secret stands for, or why it can't be said. */
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
      // "true" is no secret, and would be masked in every sentence.
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
  await inTurn(jobs);
  // What was fetched counts, however the farewell goes.
  const farewells = [...stores.values()].map((store) => within(runtime, store.close));
  await Promise.allSettled(farewells);
  signal.throwIfAborted();
  if (outcome.failures.length > 0) throw together(outcome.failures);
  return outcome.values;
};

/**
 * Resolves the references of a config, in lists and nested objects too. A config without any is handed back as it is,
 * and nothing is loaded for it.
 * @throws ConfigError that names each reference and why it can't be resolved, TransientError where a store could not
 *   be reached; neither holds a value
 */
export const resolveReferences = async (
  config: unknown,
  runtime: ResolveRuntime,
): Promise<Resolved> => {
  const texts = [...new Set(textsIn(config))];
  warnOfMissed(texts, runtime.log);
  const references = texts.flatMap((text) => parseReference(text) ?? []);
  if (references.length === 0) return {config, values: new Map()};
  const values = await fetchAll(references, runtime);
  return {config: replacedIn(config, (text) => values.get(text)), values};
};
