// Where the kit's time goes while it reads pages over HTTP: the share of each function.
import {mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {FOLDER} from './install.js';
import {measure} from './measure.js';
import {PROGRAMS, readCommand} from './programs.js';

const MOST = 20;

/** How often the profiler looks, in microseconds. */
const INTERVAL = 500;

/** What waits for the server and the pipe is no work. */
const WAITS = '(idle)';

const BUNDLE = 'kit.js';

/** A bundle names each of its files above its code, and each function where it is kept in a variable or a property. */
const FILE = /^\/\/ ((?:cdk|bench|node_modules)\/\S+)$/;
const NAME = /(\w+)(?: =|:) (?:\/\*.*?\*\/ )?__name\(/g;

/** The lines of a bundle, each with the file it is from. */
const linesOf = (bundle) => {
  let file = '';
  return bundle.split('\n').map((text) => {
    file = FILE.exec(text)?.[1] ?? file;
    return {file, text};
  });
};

/** A line may begin several functions. */
const nameAt = (text, column) =>
  [...text.slice(0, column).matchAll(NAME)].at(-1)?.[1] ?? '(anonymous)';

/** The name and the file of a function; what V8 and the system do has no file. */
const describe = ({functionName, url, lineNumber, columnNumber}, lines) => {
  if (!url.endsWith(BUNDLE)) return {name: functionName || '(anonymous)', file: url};
  const {file, text} = lines[lineNumber];
  return {name: functionName || nameAt(text, columnNumber), file};
};

/** `cdk/http`, `undici`, `Node`; of what has no file its name. */
const partOf = ({name, file}) => {
  const [root, part, scoped] = file.split('/');
  if (root === 'cdk' || root === 'bench') return `${root}/${part}`;
  if (root === 'node_modules') return part.startsWith('@') ? `${part}/${scoped}` : part;
  if (file.startsWith('wasm')) return 'undici';
  return file === '' && name.startsWith('(') && name !== '(anonymous)' ? name : 'Node and V8';
};

/** The time of each function itself, without those it calls. */
const timesOf = ({nodes, samples, timeDeltas}, lines) => {
  const places = new Map(nodes.map(({id, callFrame}) => [id, describe(callFrame, lines)]));
  return samples
    .map((id, n) => ({...places.get(id), time: timeDeltas[n]}))
    .filter(({name}) => name !== WAITS);
};

/** Shares of all, in percent; the largest first. */
const sharesBy = (times, keyOf) => {
  const total = times.reduce((sum, {time}) => sum + time, 0);
  const sums = new Map();
  for (const one of times) sums.set(keyOf(one), (sums.get(keyOf(one)) ?? 0) + one.time);
  return [...sums]
    .toSorted(([, one], [, other]) => other - one)
    .slice(0, MOST)
    .map(([name, time]) => ({name, percent: (time / total) * 100}));
};

const nameOf = ({name, file}) =>
  file === '' ? `\`${name}\`` : `\`${name}\`, ${file.replace('node_modules/', '')}`;

/** @returns the shares of the time that was spent, by part of the program and by function */
export const profile = async (stream, config) => {
  process.stderr.write(`profile of ${stream}\n`);
  const folder = mkdtempSync(join(tmpdir(), 'headwater-profile-'));
  try {
    const command = readCommand(PROGRAMS.kit, stream, config);
    const behindNode = command.indexOf(process.execPath) + 1;
    const flags = ['--cpu-prof', `--cpu-prof-dir=${folder}`, `--cpu-prof-interval=${INTERVAL}`];
    await measure(command.toSpliced(behindNode, 0, ...flags));
    const [file] = readdirSync(folder);
    const lines = linesOf(readFileSync(join(FOLDER, BUNDLE), 'utf8'));
    const times = timesOf(JSON.parse(readFileSync(join(folder, file), 'utf8')), lines);
    return {parts: sharesBy(times, partOf), functions: sharesBy(times, nameOf)};
  } finally {
    rmSync(folder, {recursive: true});
  }
};
