// Compares the kit with its peers: each reads the same records, in turn. See `npm run bench -- --help`.
// A run of all cases writes bench/RESULTS.md and bench/results.json; a run of some cases only prints its figures.
import {execFile, fork} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {cpus, loadavg, release, totalmem, type} from 'node:os';
import {join} from 'node:path';
import {parseArgs, promisify} from 'node:util';
import {runAlone} from './peers/alone.js';
import {ALONE, CASES, NAMES, SPEC} from './peers/cases.js';
import {compare, compareStarts} from './peers/compare.js';
import {fallen} from './peers/figures.js';
import {FAROS, install, PYTHON, ROOT} from './peers/install.js';
import {profile} from './peers/profile.js';
import {document, tables} from './peers/report.js';

const HELP = `npm run bench [-- options]
  --cases a,b    only these of ${NAMES.join(', ')}
  --without a,b  all but these
  --rounds n     how often each program runs; default 5, or 3 with --check
  --no-python    leave Airbyte's own kit out
  --json         print the figures as JSON, not as tables
  --check        shorter runs: fail if a ratio is below 70 % of the one in bench/results.json`;

const RESULTS = join(import.meta.dirname, 'results.json');
const DOCUMENT = join(import.meta.dirname, 'RESULTS.md');
const ROUNDS = {full: 5, short: 3};

/** A start takes only a tenth of a second, so each round has several. */
const STARTS_A_ROUND = 3;

const listOf = (text = '') => {
  const names = text.split(',').filter((name) => name !== '');
  const unknown = names.find((name) => !NAMES.includes(name));
  if (unknown === undefined) return names;
  throw new Error(`There is no case "${unknown}"; there are: ${NAMES.join(', ')}.`);
};

const parse = () => {
  const {values} = parseArgs({
    options: {
      cases: {type: 'string'},
      without: {type: 'string', default: ''},
      rounds: {type: 'string'},
      python: {type: 'boolean', default: true},
      json: {type: 'boolean', default: false},
      check: {type: 'boolean', default: false},
      help: {type: 'boolean', default: false},
    },
    allowNegative: true,
  });
  return values;
};

const servePages = async () => {
  const server = fork(join(import.meta.dirname, 'peers/programs/server.js'));
  const [port] = await once(server, 'message');
  return {url: `http://127.0.0.1:${port}`, close: () => server.disconnect()};
};

/** Runs the wanted comparisons in sequence. */
const compareAll = async (isWanted, options) => {
  const results = [];
  let pythonRates;
  for (const one of CASES.filter(({name}) => isWanted(name))) {
    const {pythonRates: rates, ...result} = await compare(one, {...options, pythonRates});
    if (rates.length > 0) pythonRates = rates;
    results.push(result);
  }
  if (isWanted(SPEC.name)) results.push(await compareStarts(options.rounds * STARTS_A_ROUND));
  return results;
};

/** `{'memory-200b wall': 2.5, …}`: the ratios to compare with the last run. */
const ratiosOf = (results) =>
  Object.fromEntries(
    results.flatMap(({name, ratios = {}}) =>
      Object.entries(ratios).map(([kind, {median}]) => [`${name} ${kind}`, median]),
    ),
  );

const load = () =>
  loadavg()
    .map((value) => value.toFixed(1))
    .join(' ');

const describeMachine = (loadBefore) => ({
  date: new Date().toISOString().slice(0, 10),
  cpu: cpus()[0].model,
  cores: cpus().length,
  memory: Math.round(totalmem() / 1024 ** 3),
  system: `${type()} ${release()}`,
  loadBefore,
  loadAfter: load(),
});

/** Shorter runs of the comparisons. CI compares their ratios with the last ones. */
const measureShort = async (isWanted, options) =>
  compareAll(isWanted, {...options, size: 'short', withPython: false});

/** `memory-200b` for `memory-200b wall`. */
const caseOf = (name) => name.split(' ')[0];

const checkRatios = async (isWanted, options) => {
  const expected = Object.entries(JSON.parse(readFileSync(RESULTS, 'utf8')).short).filter(
    ([name]) => isWanted(caseOf(name)),
  );
  const results = await measureShort(isWanted, options);
  const ratios = ratiosOf(results);
  const suspects = expected.filter((one) => fallen(Object.fromEntries([one]), ratios).length > 0);
  if (suspects.length === 0) return results;
  // A ratio may fall because the machine was busy, so it is measured once more.
  const cases = new Set(suspects.map(([name]) => caseOf(name)));
  const again = await measureShort((name) => cases.has(name), options);
  const lost = fallen(Object.fromEntries(suspects), ratiosOf(again));
  for (const line of lost) console.error(line);
  if (lost.length > 0) process.exitCode = 1;
  return [...results.filter(({name}) => !cases.has(name)), ...again];
};

const profileAll = async (url) => {
  const profiles = [];
  for (const {full} of CASES.filter(({name}) => name.startsWith('http'))) {
    const shares = await profile(full.stream, {url, ...full.config});
    profiles.push({stream: full.stream, ...shares});
  }
  return profiles;
};

const measureAll = async (isWanted, options) => {
  const results = await compareAll(isWanted, {...options, size: 'full'});
  for (const one of ALONE.filter(({name}) => isWanted(name))) results.push(await runAlone(one));
  return results;
};

/** Measures all cases, and writes the results. */
const record = async (options) => {
  const all = () => true;
  const loadBefore = load();
  const results = await measureAll(all, options);
  const short = ratiosOf(await measureShort(all, {...options, rounds: ROUNDS.short}));
  const profiles = await profileAll(options.url);
  const machine = describeMachine(loadBefore);
  const versions = {
    Node: process.versions.node,
    ...FAROS,
    ...(options.withPython && PYTHON),
  };
  const former = existsSync(DOCUMENT) ? readFileSync(DOCUMENT, 'utf8') : '';
  const kept = {machine, versions, results, profiles, short};
  writeFileSync(RESULTS, `${JSON.stringify(kept, null, 2)}\n`);
  writeFileSync(DOCUMENT, document(kept, former));
  await promisify(execFile)(join(ROOT, 'node_modules/.bin/biome'), [
    'format',
    '--write',
    RESULTS,
    DOCUMENT,
  ]);
  return results;
};

const main = async ({cases, without, rounds, python, json, check, help}) => {
  if (help) return console.log(HELP);
  const [only, left] = [listOf(cases), listOf(without)];
  const isWanted = (name) => (cases === undefined || only.includes(name)) && !left.includes(name);
  const isComplete = !check && NAMES.every(isWanted);
  const missing = await install({python: python && !check});
  if (missing !== undefined && !check) console.error(`Airbyte's own kit is left out: ${missing}.`);
  const server = await servePages();
  const options = {
    url: server.url,
    rounds: Number(rounds ?? ROUNDS[check ? 'short' : 'full']),
    withPython: missing === undefined,
  };
  const run = check ? checkRatios : measureAll;
  const results = isComplete ? await record(options) : await run(isWanted, options);
  server.close();
  console.log(json ? JSON.stringify(results, null, 2) : tables(results));
};

try {
  await main(parse());
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
