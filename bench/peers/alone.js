// Runs the cases that no peer takes part in, because it can't do them or would take all day.
import {fork} from 'node:child_process';
import {once} from 'node:events';
import {join} from 'node:path';
import {ROOT} from './install.js';
import {measure} from './measure.js';
import {PROGRAMS, readCommand} from './programs.js';

/** Runs another benchmark, and returns the figures that it sends to its parent. */
const runOther = async (file, args, flags = []) => {
  const child = fork(join(ROOT, 'bench', file), args, {
    execArgv: [...process.execArgv, ...flags],
    stdio: ['ignore', 2, 2, 'ipc'],
  });
  const messages = [];
  child.on('message', (figures) => messages.push(figures));
  const [code] = await once(child, 'close');
  if (messages.length === 1 && code !== null) return {...messages[0], passed: code === 0};
  throw new Error(`bench/${file} did not finish: it sent ${messages.length} results.`);
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

/** Runs one case. Returns seconds, peak memory, and the amount per second. */
export const runAlone = async (one) => {
  process.stderr.write(`${one.name}: ${one.what}\n`);
  return {name: one.name, ...(await runs[one.name](one))};
};
