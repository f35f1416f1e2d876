// Each broken connector is caught by the check for its fault, and by no wrong one.
import {readFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from '@jest/globals';
import {parse} from 'yaml';
import type {Result} from '../check-kit/check.ts';
import {settingsOf} from '../config/load.ts';
import {openExecutable} from '../connectors/executable.ts';
import {ALL_CHECKS} from '../run/all-checks.ts';
import {contextOf} from '../run/open-context.ts';
import {runCheck} from '../run/run-check.ts';
import {FAULTS} from './faults/all.ts';
import type {BrokenConnector, Json} from './faults/hooks.ts';
import {SEEN_BY_INVARIANTS} from './faults/seen-by-invariants.ts';

const CONNECTOR = join(import.meta.dirname, 'connector.ts');
const CONFIG = join(import.meta.dirname, 'healthy/acceptance-test-config.yml');

/** The config of the healthy connector, with additions to the first entries of some suites. */
const configWith = (entries: Readonly<Record<string, Json>>): unknown => {
  const config = parse(readFileSync(CONFIG, 'utf8'));
  for (const [suite, more] of Object.entries(entries)) {
    Object.assign(config.acceptance_tests[suite].tests[0], more);
  }
  return config;
};

const MANY_RUNS = ['clients', 'beyond'];

const run = async (
  fault: string,
  {entries = {}, limits, everywhere = false}: Partial<BrokenConnector> = {},
): Promise<readonly Result[]> => {
  const connector = openExecutable(`'${process.execPath}' '${CONNECTOR}' '${fault}'`, {
    // Starts in half the time: there are well over a thousand starts.
    NODE_COMPILE_CACHE: join(tmpdir(), 'headwater-broken-cache'),
  });
  const settings = await settingsOf(configWith(entries), CONFIG);
  const context = contextOf(connector, {...settings, ...(limits && {limits})});
  const results: Result[] = [];
  const checks = ALL_CHECKS.filter(({suite}) => everywhere || !MANY_RUNS.includes(suite));
  for (const check of checks) results.push(await runCheck(check, context));
  return results;
};

const caughtIn = (results: readonly Result[]): readonly string[] =>
  results
    .filter(({outcome}) => outcome.status === 'failed' || outcome.status === 'warned')
    .map(({suite, name}) => `${suite}.${name}`);

const LIMIT = 300_000;

test.concurrent(
  'the healthy connector passes every check at strictness high',
  async () => {
    const results = await run('none', {everywhere: true});
    const faults = results.flatMap(({outcome}) => ('faults' in outcome ? outcome.faults : []));
    expect(faults).toEqual([]);
    expect(results.filter(({outcome}) => outcome.status === 'passed').length).toBeGreaterThan(60);
  },
  LIMIT,
);

test.concurrent.each(Object.entries(FAULTS))(
  'a connector is caught if %s',
  async (fault, broken) => {
    const caught = caughtIn(await run(fault, broken));
    const invariants = (SEEN_BY_INVARIANTS[fault] ?? []).map((name) => `invariants.${name}`);
    const expected = [broken.caughtBy, ...(broken.also ?? []), ...invariants];
    expect([...caught].sort()).toEqual(expected.sort());
  },
  LIMIT,
);
