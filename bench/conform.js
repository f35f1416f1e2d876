// Conforms records of about 1 KB whose 20 fields fit their schema, and prints the records per second. Fails below the rate
// in docs/records.md, or if a record that fits is not returned as the same object.
//   node bench/conform.js [count]
import {compileConform} from '../cdk/read/conform/conform.ts';
import {conformStream} from '../cdk/read/conform/conform-stream.ts';

const LEAST_PER_SECOND = 500_000;
const PAGE = 100;

const count = Number(process.argv[2] ?? 2_000_000);

const nullable = (type, more = {}) => ({type: ['null', type], ...more});
const properties = {
  id: nullable('integer'),
  ...Object.fromEntries(Array.from({length: 10}, (_, n) => [`text_${n}`, nullable('string')])),
  ...Object.fromEntries(Array.from({length: 3}, (_, n) => [`count_${n}`, nullable('integer')])),
  price: nullable('number'),
  is_open: nullable('boolean'),
  created_at: nullable('string', {format: 'date-time'}),
  born_on: nullable('string', {format: 'date'}),
  owner: nullable('object', {properties: {id: nullable('integer'), login: nullable('string')}}),
  tags: nullable('array', {items: nullable('string')}),
};
const schema = {type: 'object', properties};

const record = (id) => ({
  id,
  ...Object.fromEntries(
    Array.from({length: 10}, (_, n) => [`text_${n}`, `${id} `.padEnd(68, 'x')]),
  ),
  ...Object.fromEntries(Array.from({length: 3}, (_, n) => [`count_${n}`, id * n])),
  price: id / 7,
  is_open: id % 2 === 0,
  created_at: '2026-01-02T03:04:05Z',
  born_on: '2001-02-03',
  owner: {id, login: `user-${id}`},
  tags: ['one', 'two', 'three'],
});
const records = Array.from({length: 10_000}, (_, id) => record(id));
const pages = Array.from({length: records.length / PAGE}, (_, n) =>
  records.slice(n * PAGE, (n + 1) * PAGE),
);

/** Records per second of CPU time, so that other programs on the machine do not count. The best of three. */
const measure = (run) => {
  run(records.length);
  const rates = [1, 2, 3].map(() => {
    const before = process.cpuUsage();
    run(count);
    return count / (process.cpuUsage(before).user / 1_000_000);
  });
  return Math.round(Math.max(...rates));
};

const ownRecords = (options) => {
  const {apply} = compileConform(schema, options);
  return (total) => {
    for (let n = 0; n < total; n += 1) {
      const given = records[n % records.length];
      if (apply(given).record !== given) throw new Error('A record that fits was changed.');
    }
  };
};
const wholePages = (options) => {
  const {page} = conformStream(schema, options, (message) => {
    throw new Error(message);
  });
  return (total) => {
    for (let n = 0; n < total; n += PAGE) {
      const given = pages[(n / PAGE) % pages.length];
      if (page(given).records !== given) throw new Error('A page that fits was changed.');
    }
  };
};

const rates = {
  'size only': measure(ownRecords({})),
  'types and size': measure(ownRecords({types: 'as-declared', keys: ['id']})),
  'pages, size and drift': measure(wholePages({})),
  'pages, types, size and drift': measure(wholePages({types: 'as-declared', keys: ['id']})),
  'pages, all selected': measure(wholePages({selected: schema})),
};
console.log(
  `records of ${JSON.stringify(records[7]).length} bytes, ${Object.keys(properties).length} fields, none to change:`,
);
for (const [name, rate] of Object.entries(rates)) console.log(`  ${name}: ${rate} records/s`);
if (rates['types and size'] < LEAST_PER_SECOND) process.exitCode = 1;
