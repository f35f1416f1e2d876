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
const SEPARATOR = '\n';

/** A bundle names each of its files above its code. */
const FILE = /^\/\/ ((?:cdk|bench|node_modules)\/\S+)$/;

/** Tells of each line of the bundle which file it is from. */
const filesOf = (bundle) => {
  let file = '';
  return bundle.split('\n').map((line) => {
    file = FILE.exec(line)?.[1] ?? file;
    return file;
  });
};

/** `encodePage, cdk/output/encode.ts`; what V8 and the system do has no place. */
const describe = ({functionName, url, lineNumber}, files) => {
  const name = functionName || '(anonymous)';
  if (!url.endsWith(BUNDLE)) return [name, url];
  return [name, files[lineNumber]];
};

/** Time by function, of itself and without those it calls. */
const timeByFunction = ({nodes, samples, timeDeltas}, files) => {
  const places = new Map(
    nodes.map(({id, callFrame}) => [id, describe(callFrame, files).join(SEPARATOR)]),
  );
  const times = new Map();
  for (const [n, id] of samples.entries()) {
    const place = places.get(id);
    if (!place.startsWith(WAITS)) times.set(place, (times.get(place) ?? 0) + timeDeltas[n]);
  }
  return times;
};

/** @returns the functions that took most, and their shares of the time that was spent, in percent */
export const profile = async (stream, config) => {
  process.stderr.write(`profile of ${stream}\n`);
  const folder = mkdtempSync(join(tmpdir(), 'headwater-profile-'));
  try {
    const [node, ...rest] = readCommand(PROGRAMS.kit, stream, config);
    const flags = ['--cpu-prof', `--cpu-prof-dir=${folder}`, `--cpu-prof-interval=${INTERVAL}`];
    await measure([node, ...flags, ...rest]);
    const [file] = readdirSync(folder);
    const files = filesOf(readFileSync(join(FOLDER, BUNDLE), 'utf8'));
    const times = timeByFunction(JSON.parse(readFileSync(join(folder, file), 'utf8')), files);
    const total = [...times.values()].reduce((sum, time) => sum + time, 0);
    return [...times]
      .toSorted(([, one], [, other]) => other - one)
      .slice(0, MOST)
      .map(([place, time]) => {
        const [name, from] = place.split(SEPARATOR);
        return {name, from, percent: (time / total) * 100};
      });
  } finally {
    rmSync(folder, {recursive: true});
  }
};
