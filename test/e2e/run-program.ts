// Runs a source as a program, as its users do. Every printed line is checked against the protocol's schema.
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {text} from 'node:stream/consumers';
import {afterAll} from '@jest/globals';
import type {AirbyteMessage} from '../../cdk/protocol/generated/airbyte.ts';
import {parseMessages} from '../../cdk/testing/protocol.ts';
import {configHasSecrets, said} from '../../cdk/testing/secrets.ts';
import {startChild} from '../../process/child.ts';

export const ROOT = join(import.meta.dirname, '../..');
export const HEADWATER = join(ROOT, 'headwater/main.ts');
export const FAKER = join(ROOT, 'sources/faker/main.ts');
export const GITHUB = join(ROOT, 'sources/github/main.ts');
export const ODD = join(ROOT, 'test/programs/odd/main.ts');

export type Ended = {
  /** The exit code, or the name of the signal that ended the program. */
  readonly status: number | NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
};

const run = async (
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Ended> => {
  const child = await startChild(program, args, {env: {...process.env, ...env}});
  const [{code, signal}, stdout, stderr] = await Promise.all([
    child.ended,
    text(child.stdout),
    text(child.stderr),
  ]);
  return {status: signal ?? code, stdout, stderr};
};

export const runProgram = async (
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> => {
  const ended = await run(program, args, env);
  said(ended.stdout);
  said(ended.stderr);
  return ended;
};

const specs = new Map<string, Promise<unknown>>();

/** The spec that a source's program prints. */
const specOf = (program: string): Promise<unknown> => {
  const known =
    specs.get(program) ?? run(program, ['spec'], {}).then(({stdout}) => JSON.parse(stdout));
  specs.set(program, known);
  return known;
};

/** The config that argv names; undefined if the test names none, or one that is not JSON. */
export const configIn = (args: readonly string[]): unknown => {
  const index = args.indexOf('--config') + 1;
  try {
    return index === 0 ? undefined : JSON.parse(readFileSync(args[index] ?? '', 'utf8'));
  } catch {
    return undefined;
  }
};

/** Registers the secrets of the config for the scan. A config without strings has none. */
const registerConfig = async (program: string, args: readonly string[]): Promise<void> => {
  const config = configIn(args);
  if (/:"/.test(JSON.stringify(config) ?? '')) configHasSecrets(await specOf(program), config);
};

/** Runs a source to its end, and parses its messages. */
export const runSource = async (
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended & {readonly messages: readonly AirbyteMessage[]}> => {
  await registerConfig(program, args);
  const ended = await run(program, args, env);
  said(ended.stderr);
  return {...ended, messages: parseMessages(ended.stdout)};
};

/** Makes a folder that is removed after the test file. `file` writes a file into it and returns its path. */
export const workspace = () => {
  const folder = mkdtempSync(join(tmpdir(), 'headwater-'));
  afterAll(() => rmSync(folder, {recursive: true, force: true}));
  return {
    folder,
    file: (name: string, content: unknown): string => {
      const path = join(folder, name);
      writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
      return path;
    },
  };
};

/** A configured catalog of these streams. */
export const configuredCatalog = (names: readonly string[], syncMode = 'incremental') => ({
  streams: names.map((name) => ({
    stream: {name, json_schema: {}, supported_sync_modes: ['full_refresh', 'incremental']},
    sync_mode: syncMode,
    destination_sync_mode: 'append',
  })),
});
