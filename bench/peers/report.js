// Prints the figures as tables.
import {ALONE, CASES, SPEC} from './cases.js';

const whole = (value) => Math.round(value).toLocaleString('en-US');
const short = (value) => value.toFixed(value < 1 ? 3 : 1);
const times = (value) => value.toFixed(2);

/** The median, the minimum and the maximum. */
const spreadOf = (spread, print) =>
  spread === undefined
    ? '–'
    : `${print(spread.median)} (${print(spread.min)}–${print(spread.max)})`;

const table = (heads, rows) =>
  [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** A limit, and whether it was reached. */
const demand = (limit, holds) => {
  if (limit === undefined) return '';
  return holds ? `${limit}: reached` : `${limit}: **missed**`;
};

const PROGRAM_NAMES = {
  kit: 'kit',
  faros: 'faros-airbyte-cdk',
  python: 'airbyte-cdk (Python)',
  node: '`node -e 0`',
};

const casesIn = (results) =>
  CASES.flatMap((one) => results.filter(({name}) => name === one.name).map((is) => ({one, is})));

const programRows = (results) =>
  casesIn(results).flatMap(({is}) => [
    ...Object.entries(is.programs).map(([program, figures]) => [
      is.name,
      PROGRAM_NAMES[program],
      spreadOf(figures.perSecond, whole),
      whole((figures.perSecond.median * is.bytes[program]) / is.records / 1e6),
      spreadOf(figures.perCpuSecond, whole),
      spreadOf(figures.peakMb, whole),
    ]),
    ...(is.floor === undefined
      ? []
      : [
          [
            is.name,
            '`cat` of the same bytes',
            spreadOf(is.floor, whole),
            whole((is.floor.median * is.bytes.kit) / is.records / 1e6),
            '',
            '',
          ],
        ]),
  ]);

const RATIO_NAMES = {
  wall: 'records/s, × faros',
  cpu: 'records per CPU-second, × faros',
  python: "records per CPU-second, × Airbyte's Python kit",
};

const ratioRows = (results) =>
  casesIn(results).flatMap(({one, is}) => [
    ...Object.entries(is.ratios).map(([kind, ratio]) => [
      is.name,
      RATIO_NAMES[kind],
      spreadOf(ratio, times),
      demand(one.least[kind] && `≥ ${one.least[kind]} ×`, ratio.median >= one.least[kind]),
    ]),
    [
      is.name,
      'peak RSS of the kit, MB',
      spreadOf(is.programs.kit.peakMb, whole),
      demand(`≤ ${one.mostMb}`, is.programs.kit.peakMb.max <= one.mostMb),
    ],
  ]);

const startRows = ({programs, ratios}) => {
  const {kit} = programs;
  return [
    [
      'spec',
      'CPU of the kit, × `node -e 0`',
      times(1 / ratios.node.median),
      demand(`≤ ${SPEC.mostTimes} ×`, 1 / ratios.node.median <= SPEC.mostTimes),
    ],
    ['spec', 'CPU of faros, × that of the kit', spreadOf(ratios.cpu, times), ''],
    [
      'spec',
      'peak RSS of the kit, MB',
      spreadOf(kit.peakMb, whole),
      demand(`≤ ${SPEC.mostMb}`, kit.peakMb.max <= SPEC.mostMb),
    ],
  ];
};

const startTable = ({programs}) =>
  table(
    ['`spec`', 'wall, s', 'CPU, s', 'peak RSS, MB'],
    Object.entries(programs).map(([program, figures]) => [
      PROGRAM_NAMES[program],
      spreadOf(figures.seconds, short),
      spreadOf(figures.cpuSeconds, short),
      spreadOf(figures.peakMb, whole),
    ]),
  );

const aloneTable = (results) =>
  table(
    ['the kit alone', 'what', 'wall, s', 'in a second', 'peak RSS, MB', 'to reach'],
    ALONE.flatMap(({name, what, mostMb}) =>
      results
        .filter((is) => is.name === name)
        .map(({seconds, ideal, perSecond, peakMb}) => [
          name,
          what,
          ideal === undefined ? short(seconds) : `${short(seconds)}, of which ${ideal} are latency`,
          perSecond ?? '',
          peakMb === undefined ? '' : whole(peakMb),
          demand(mostMb && `≤ ${mostMb}`, peakMb <= mostMb),
        ]),
    ),
  );

export const tables = (results) => {
  const start = results.find(({name}) => name === SPEC.name);
  const alone = results.filter(({name}) => ALONE.some((one) => one.name === name));
  return [
    table(
      ['case', 'what', 'ratio', 'to reach'],
      [...ratioRows(results), ...(start ? startRows(start) : [])],
    ),
    table(
      ['case', 'program', 'records/s', 'MB/s', 'records per CPU-second', 'peak RSS, MB'],
      programRows(results),
    ),
    ...(start ? [startTable(start)] : []),
    ...(alone.length > 0 ? [aloneTable(results)] : []),
  ].join('\n\n');
};

const shares = (head, list) =>
  table(
    [head, '% of the CPU time'],
    list.map(({name, percent}) => [name, percent.toFixed(1)]),
  );

const profileTables = ({stream, parts, functions}) =>
  `### ${stream}\n\n${shares('part', parts)}\n\n${shares('function', functions)}`;

const REMARKS = '## What is left';

/** Keeps the text that people wrote below the figures. */
const remarksIn = (former) => {
  const at = former.indexOf(REMARKS);
  return at < 0 ? `${REMARKS}\n` : former.slice(at);
};

export const document = ({machine, versions, results, profiles}, former) => `# Side by side

Written by \`npm run bench\` on ${machine.date}. Do not edit the text above "What is left".

The kit and its peers read the same records in the same stream, into \`| cat >/dev/null\`. The figures are medians of the rounds, with the
minimum and the maximum. Programs run in turn, and a ratio is the median of the ratios of each round. CPU time and memory are those of
the program alone; over HTTP the server uses a part of the machine. The kit is bundled and runs with the flags of its image. Faros runs
as npm installs it, and fetches with Node's own \`fetch\`. Each run includes the start of the program.

- Machine: ${machine.cpu}, ${machine.cores} cores, ${machine.memory} GB, ${machine.system}; load average ${machine.loadBefore} before, ${machine.loadAfter} after
- Versions: ${Object.entries(versions)
  .map(([name, version]) => `${name} ${version}`)
  .join(', ')}

${tables(results)}

## Where the time goes

The share of each function, without the functions that it calls, while the kit read 1,000 pages over HTTP. Waiting does not count.

${profiles.map(profileTables).join('\n\n')}

${remarksIn(former)}`;
