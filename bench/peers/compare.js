// Runs the programs in turn, and summarizes their rounds.
import {rmSync} from 'node:fs';
import {join} from 'node:path';
import {ratio, spread} from './figures.js';
import {FOLDER} from './install.js';
import {count, measure, measureFloor} from './measure.js';
import {EMPTY_NODE, PROGRAMS, readCommand} from './programs.js';

/** Airbyte's own kit takes ten times as long as the others, and its rounds differ little. */
const PYTHON_ROUNDS = 2;

const progress = (text) => process.stderr.write(`${text}\n`);

/** Reverses the order in every other round, because the first program finds the machine in another state. */
const orderOf = (names, round) => (round % 2 === 0 ? names : names.toReversed());

/** Runs each command once per round. Returns the measurements of each. */
const play = async (commands, rounds) => {
  const taken = Object.fromEntries(Object.keys(commands).map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const name of orderOf(Object.keys(commands), round)) {
      if (name === 'python' && round >= PYTHON_ROUNDS) continue;
      taken[name].push(await measure(commands[name]));
    }
  }
  return taken;
};

const summary = (records, runs) => ({
  perSecond: spread(runs.map(({seconds}) => records / seconds)),
  perCpuSecond: spread(runs.map(({cpuSeconds}) => records / cpuSeconds)),
  peakMb: spread(runs.map(({peakMb}) => peakMb)),
});

/** A program that loses records would look fast. */
const assertComplete = (name, program, {records}, expected) => {
  if (records === expected) return;
  throw new Error(`${program} emitted ${records} of the ${expected} records of ${name}.`);
};

const floorOf = async (path, records, rounds) => {
  const taken = [];
  for (let round = 0; round < rounds; round += 1) taken.push(await measureFloor(path));
  rmSync(path);
  return spread(taken.map(({seconds}) => records / seconds));
};

/** Records per second in each round of each program. */
const rates = (taken, records, of) =>
  Object.fromEntries(
    Object.entries(taken).map(([name, runs]) => [name, runs.map((run) => records / run[of])]),
  );

/**
 * Compares one case.
 * @param size `full` or `short`
 * @param pythonRates the rates of Airbyte's own kit in another case with the same work
 */
export const compare = async (
  {name, mode, floor, python, ...sizes},
  {size, rounds, url, withPython, pythonRates = []},
) => {
  const {stream, config, records} = sizes[size];
  const names = ['kit', 'faros', ...(python && withPython ? ['python'] : [])];
  const commands = Object.fromEntries(
    names.map((program) => [
      program,
      readCommand(PROGRAMS[program], stream, {url, ...config}, mode),
    ]),
  );
  progress(`${name}: ${records} records, ${rounds} rounds`);
  const kept = join(FOLDER, 'output.jsonl');
  const hasFloor = floor && size === 'full';
  const bytes = {};
  for (const program of names) {
    const keep = hasFloor && program === 'kit' ? kept : undefined;
    const counted = await count(commands[program], {keep});
    assertComplete(name, program, counted, records);
    bytes[program] = counted.bytes;
  }
  const taken = await play(commands, rounds);
  const [wall, cpu] = [rates(taken, records, 'seconds'), rates(taken, records, 'cpuSeconds')];
  const pythonCpu = cpu.python ?? pythonRates;
  return {
    name,
    records,
    bytes,
    programs: Object.fromEntries(
      names.map((program) => [program, summary(records, taken[program])]),
    ),
    ...(hasFloor && {floor: await floorOf(kept, records, rounds)}),
    ratios: {
      wall: ratio(wall.kit, wall.faros),
      cpu: ratio(cpu.kit, cpu.faros),
      ...(pythonCpu.length > 0 && {python: ratio(cpu.kit, pythonCpu)}),
    },
    pythonRates: pythonCpu,
  };
};

/** Compares the start of each program with that of an empty Node program. */
export const compareStarts = async (rounds) => {
  progress(`spec: ${rounds} rounds`);
  const taken = await play(
    {
      node: EMPTY_NODE,
      kit: [...PROGRAMS.kit, 'spec'],
      faros: [...PROGRAMS.faros, 'spec'],
    },
    rounds,
  );
  const of = (program, figure) => taken[program].map((run) => run[figure]);
  return {
    name: 'spec',
    programs: Object.fromEntries(
      Object.keys(taken).map((program) => [
        program,
        {
          seconds: spread(of(program, 'seconds')),
          cpuSeconds: spread(of(program, 'cpuSeconds')),
          peakMb: spread(of(program, 'peakMb')),
        },
      ]),
    ),
    // Inverted, so that more is better, as in the other ratios.
    ratios: {
      wall: ratio(of('faros', 'seconds'), of('kit', 'seconds')),
      cpu: ratio(of('faros', 'cpuSeconds'), of('kit', 'cpuSeconds')),
      node: ratio(of('node', 'cpuSeconds'), of('kit', 'cpuSeconds')),
    },
  };
};
