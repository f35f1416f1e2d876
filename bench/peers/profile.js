// Profiles the kit while it reads pages over HTTP: the share of each function.
import {mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {FOLDER} from './install.js';
import {measure} from './measure.js';
import {PROGRAMS, readCommand} from './programs.js';

const MOST = 20;

/** Between two samples, in microseconds. */
const INTERVAL = 500;

/** Waiting for the server and the pipe does not count as work. */
const WAITS = '(idle)';

const BUNDLE = 'kit.js';

/** A bundle has the name of each file above its code, and names the functions in variables and properties. */
const FILE = /^\/\/ ((?:cdk|bench|node_modules)\/\S+)$/;
const NAME = /(\w+)(?: =|:) (?:\/\*.*?\*\/ )?__name\(/g;

/** The lines of a bundle, each with its source file. */
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

/** The name and the file of a function. V8 and the system have no file. */
const describe = ({functionName, url, lineNumber, columnNumber}, lines) => {
  if (!url.endsWith(BUNDLE)) return {name: functionName || '(anonymous)', file: url};
  const {file, text} = lines[lineNumber];
  return {name: functionName || nameAt(text, columnNumber), file};
};

/** `cdk/http`, `undici`, `Node and V8`; without a file the name. */
const partOf = ({name, file}) => {
  const [root, part, scoped] = file.split('/');
  if (root === 'cdk' || root === 'bench') return `${root}/${part}`;
  if (root === 'node_modules') return part.startsWith('@') ? `${part}/${scoped}` : part;
  if (file.startsWith('wasm')) return 'undici';
  return file === '' && name.startsWith('(') && name !== '(anonymous)' ? name : 'Node and V8';
};

/** The time of each function, without the functions that it calls. */
const timesOf = ({nodes, samples, timeDeltas}, lines) => {
  const frames = new Map(nodes.map(({id, callFrame}) => [id, describe(callFrame, lines)]));
  return samples
    .map((id, n) => ({...frames.get(id), time: timeDeltas[n]}))
    .filter(({name}) => name !== WAITS);
};

/** Shares in percent, the largest first. */
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

/** @returns the shares of the working time, by part of the program and by function */
export const profile = async (stream, config) => {
  process.stderr.write(`profile of ${stream}\n`);
  const folder = mkdtempSync(join(tmpdir(), 'headwater-profile-'));
  try {
    const command = readCommand(PROGRAMS.kit, stream, config);
    const afterNode = command.indexOf(process.execPath) + 1;
    const flags = ['--cpu-prof', `--cpu-prof-dir=${folder}`, `--cpu-prof-interval=${INTERVAL}`];
    await measure(command.toSpliced(afterNode, 0, ...flags));
    const [file] = readdirSync(folder);
    const lines = linesOf(readFileSync(join(FOLDER, BUNDLE), 'utf8'));
    const times = timesOf(JSON.parse(readFileSync(join(folder, file), 'utf8')), lines);
    return {parts: sharesBy(times, partOf), functions: sharesBy(times, nameOf)};
  } finally {
    rmSync(folder, {recursive: true});
  }
};
