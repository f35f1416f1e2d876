// Runs a source as its users do: as a program. Every line it prints is checked against the protocol's schema.
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

/** Runs a program to its end. */
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

/** The spec of a source's program, as it prints it. */
const specOf = (program: string): Promise<unknown> => {
  const known =
    specs.get(program) ?? run(program, ['spec'], {}).then(({stdout}) => JSON.parse(stdout));
  specs.set(program, known);
  return known;
};

/** A config as it was given; undefined where it is none, as in tests of that. */
export const configIn = (args: readonly string[]): unknown => {
  const place = args.indexOf('--config') + 1;
  try {
    return place === 0 ? undefined : JSON.parse(readFileSync(args[place] ?? '', 'utf8'));
  } catch {
    return undefined;
  }
};

/** Tells the scan which values of the config are secret; a config of numbers has none. */
const registerConfig = async (program: string, args: readonly string[]): Promise<void> => {
  const config = configIn(args);
  if (/:"/.test(JSON.stringify(config) ?? '')) configHasSecrets(await specOf(program), config);
};

/** The same, for commands that speak the protocol. */
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

/** A folder that is gone when the test file ends, and a writer of files in it that returns their paths. */
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

/** A configured catalog that reads these streams incrementally, unless another mode is given. */
export const configuredCatalog = (names: readonly string[], syncMode = 'incremental') => ({
  streams: names.map((name) => ({
    stream: {name, json_schema: {}, supported_sync_modes: ['full_refresh', 'incremental']},
    sync_mode: syncMode,
    destination_sync_mode: 'append',
  })),
});
