// Where the kit's time goes while it reads pages over HTTP: the share of each function.
import {mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {measure} from './measure.js';
import {PROGRAMS, readCommand} from './programs.js';

const MOST = 20;

/** How often the profiler looks, in microseconds. */
const INTERVAL = 500;

/** What waits for the server and the pipe is no work. */
const WAITS = new Set(['(idle)']);

/** Time by function, of itself and without those it calls. */
const timeByFunction = ({nodes, samples, timeDeltas}) => {
  const names = new Map(
    nodes.map(({id, callFrame}) => [id, callFrame.functionName || '(anonymous)']),
  );
  const times = new Map();
  for (const [n, id] of samples.entries()) {
    const name = names.get(id);
    if (!WAITS.has(name)) times.set(name, (times.get(name) ?? 0) + timeDeltas[n]);
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
    const times = timeByFunction(JSON.parse(readFileSync(join(folder, file), 'utf8')));
    const total = [...times.values()].reduce((sum, time) => sum + time, 0);
    return [...times]
      .toSorted(([, one], [, other]) => other - one)
      .slice(0, MOST)
      .map(([name, time]) => ({name, percent: (time / total) * 100}));
  } finally {
    rmSync(folder, {recursive: true});
  }
};
