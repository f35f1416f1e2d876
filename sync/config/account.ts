// A fingerprint of the account that a state belongs to. The state of one account hides the records of another: those that are
// older than its position are never read.
import {createHmac, randomBytes, scrypt} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import {promisify} from 'node:util';
import {at, objectAt, stringAt} from '../../cdk/json/at.ts';
import {isObject, type JsonObject} from '../../cdk/json/values.ts';

/** The owner of a state, as it is saved. Values of the config are only in it as hashes. */
export type Owner = {
  readonly program: string;
  readonly source: string;
  readonly salt: string;
  /** The hash of each value that tells accounts apart, by its path in the config; of lists, the hashes of the items. */
  readonly config: Hashes;
  /** The same for the config that the source made of that one, with a new refresh token perhaps. */
  readonly changed?: Hashes;
};

type Hashes = Readonly<Record<string, string | readonly string[]>>;

/** The names of settings that do not tell accounts apart. */
const TUNING =
  /^(?:date|since|start|end|until|from|to|lookback|window|size|limit|max|min|count|seed|records?|slices?|concurrency|timeout|interval|retries|streams?|debug|agent|days|hours|minutes|seconds|version|batch|delay|rate|parallel|workers|threads|log|level)$/;
const CREDENTIAL =
  /^(?:token|tokens|secret|password|passwd|pwd|passphrase|key|keys|apikey|pat|credential|credentials|jwt|cookie|session|authorization|auth|bearer|cert|certificate|pem|code|expiry|expires)$/;
/** An account that is the same explains another credential. */
const ACCOUNT =
  /^(?:accounts?|tenants?|orgs?|organi[sz]ations?|workspaces?|shops?|stores?|subdomain|users?|username|login|email|company|companies|teams?|customers?|portals?|merchants?|advertisers?|projects?|propert(?:y|ies)|repositor(?:y|ies)|repos?|owner|site|sites|domain)$/;

type Kind = 'tuning' | 'credential' | 'account' | 'other';

/** The last key of a path names the value: `api_key`, `accountId`. */
const kindOf = (path: string): Kind => {
  const words = (path.split('.').at(-1) ?? '')
    .replaceAll(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u);
  const has = (pattern: RegExp): boolean => words.some((word) => pattern.test(word));
  if (has(CREDENTIAL)) return 'credential';
  if (has(TUNING)) return 'tuning';
  return has(ACCOUNT) ? 'account' : 'other';
};

type Leaf = readonly [path: string, value: string | readonly string[]];

/** Flags and empty values tell no accounts apart. */
const leavesOf = (value: unknown, path: string): readonly Leaf[] => {
  if (Array.isArray(value)) {
    return value.length === 0 ? [] : [[path, value.map((item) => JSON.stringify(item))]];
  }
  // A number that is kept as it was written is an object without fields.
  if (isObject(value) && !JSON.isRawJSON(value)) {
    return Object.entries(value).flatMap(([key, inner]) =>
      leavesOf(inner, path === '' ? key : `${path}.${key}`),
    );
  }
  if (value === undefined || value === null || value === '' || typeof value === 'boolean')
    return [];
  return [[path, typeof value === 'string' ? value : JSON.stringify(value)]];
};

/** Another variable or file is another value. Other references are compared as they are written. */
const resolved = async (value: string): Promise<string> => {
  const [, store, name = ''] = /^(env|file):([^#]+)/.exec(value) ?? [];
  if (store === 'env') return process.env[name] ?? value;
  if (store === 'file')
    return readFile(name, 'utf8').then(
      (text) => text.trim(),
      () => value,
    );
  return value;
};

/** Slow, because a password may be short. */
const slowHash = promisify<string, string, number, Buffer>(scrypt);

const hash = async (value: string, kind: Kind, salt: string): Promise<string> => {
  const text = await resolved(value);
  const bytes =
    kind === 'credential'
      ? await slowHash(text, salt, 16)
      : createHmac('sha256', salt).update(text).digest().subarray(0, 16);
  return bytes.toString('base64url');
};

const hashesOf = async (config: unknown, salt: string): Promise<Hashes> => {
  const entries = leavesOf(config, '')
    .filter(([path]) => kindOf(path) !== 'tuning')
    .map(async ([path, value]) => {
      const one = (text: string): Promise<string> => hash(text, kindOf(path), salt);
      return [
        path,
        typeof value === 'string' ? await one(value) : await Promise.all(value.map(one)),
      ];
    });
  return Object.fromEntries(await Promise.all(entries));
};

/** @param before the owner of the existing state, whose hashes the new ones are compared with */
export const ownerOf = async (
  {name, program}: {readonly name: string; readonly program: string},
  config: unknown,
  before: Owner | undefined,
): Promise<Owner> => {
  const salt = before?.salt ?? randomBytes(12).toString('base64url');
  return {program, source: name, salt, config: await hashesOf(config, salt)};
};

/** The owner, whose source has changed its config: the changed one belongs to the same account. */
export const withChangedConfig = async (owner: Owner, config: JsonObject): Promise<Owner> => ({
  ...owner,
  changed: await hashesOf(config, owner.salt),
});

/** Reads an owner from a state file; undefined if it has none. */
export const readOwner = (value: unknown): Owner | undefined => {
  const [program, source, salt] = ['program', 'source', 'salt'].map((key) => stringAt(value, key));
  if (program === undefined || source === undefined || salt === undefined) return undefined;
  const hashesAt = (key: string): Hashes => {
    const hashes: Record<string, string | readonly string[]> = {};
    for (const [path, found] of Object.entries(objectAt(value, key))) {
      if (typeof found === 'string') hashes[path] = found;
      if (Array.isArray(found)) hashes[path] = found.map(String);
    }
    return hashes;
  };
  const owner = {program, source, salt, config: hashesAt('config')};
  return at(value, 'changed') === undefined ? owner : {...owner, changed: hashesAt('changed')};
};

const isSame = (a: Hashes[string] | undefined, b: Hashes[string] | undefined): boolean => {
  if (typeof a === 'string' || typeof b === 'string') return a === b;
  // A list may get longer. If nothing of it is left, it is another one.
  return a === b || (a !== undefined && b !== undefined && a.some((item) => b.includes(item)));
};

const changedPaths = (before: Hashes, now: Hashes): readonly string[] => {
  const paths = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort();
  const changed = paths.filter((path) => !isSame(before[path], now[path]));
  const knowsAccount = paths.some((path) => kindOf(path) === 'account' && !changed.includes(path));
  return knowsAccount ? changed.filter((path) => kindOf(path) !== 'credential') : changed;
};

/** Lists how the owner of a state differs from the one that wants to use it. */
export const differences = (before: Owner, now: Owner): readonly string[] => {
  const configs = [before.config, ...(before.changed === undefined ? [] : [before.changed])];
  const paths = configs.map((config) => changedPaths(config, now.config));
  const fewest = paths.toSorted((a, b) => a.length - b.length)[0] ?? [];
  return [
    ...(before.source === now.source
      ? []
      : [`the source is ${now.source}, but it was ${before.source}`]),
    ...(before.program === now.program
      ? []
      : [`the program is ${now.program}, but it was ${before.program}`]),
    ...fewest.map((path) => `${path} in the config differs`),
  ];
};

/** The new owner of a state. It still knows the config that the source changed, and the one that it changed that from. */
export const nextOwner = (before: Owner | undefined, now: Owner): Owner => {
  if (before?.changed === undefined || differences(before, now).length > 0) return now;
  const isUnchanged = changedPaths(before.config, now.config).length === 0;
  return {...now, changed: isUnchanged ? before.changed : before.config};
};
