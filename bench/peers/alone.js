// What the kit does alone: cases that a peer can't do, or would take all day for.
import {fork} from 'node:child_process';
import {once} from 'node:events';
import {join} from 'node:path';
import {ROOT} from './install.js';
import {measure} from './measure.js';
import {PROGRAMS, readCommand} from './programs.js';

/** Runs another benchmark, and gives what it tells its parent. */
const runOther = async (file, args, flags = []) => {
  const child = fork(join(ROOT, 'bench', file), args, {
    execArgv: [...process.execArgv, ...flags],
    stdio: ['ignore', 2, 2, 'ipc'],
  });
  const told = [];
  child.on('message', (figures) => told.push(figures));
  const [code] = await once(child, 'close');
  if (told.length === 1 && code !== null) return {...told[0], passed: code === 0};
  throw new Error(`bench/${file} came to no end.`);
};

const MEGABYTES = 2_000;

const runs = {
  slices: async () => {
    const {ms, ideal, ...figures} = await runOther('slices.js', []);
    return {seconds: ms / 1000, ideal: ideal / 1000, ...figures};
  },
  'huge-body': async () => {
    const small = ['--max-semi-space-size=1'];
    // Fills the compile cache.
    await runOther('huge-body.js', ['read', '1'], small);
    const {megabytes, ...figures} = await runOther(
      'huge-body.js',
      ['read', String(MEGABYTES)],
      small,
    );
    return {...figures, perSecond: `${Math.round(megabytes / figures.seconds)} MB`};
  },
  'ten-million': async ({records}) => {
    const {seconds, peakMb} = await measure(
      readCommand(PROGRAMS.kit, 'memory', {records, bytes: 200}),
    );
    return {seconds, peakMb, perSecond: `${Math.round(records / seconds)} records`};
  },
};

/** Runs one of them: seconds, the peak of the memory, and what was done in a second. */
export const runAlone = async (one) => {
  process.stderr.write(`${one.name}: ${one.what}\n`);
  return {name: one.name, ...(await runs[one.name](one))};
};
