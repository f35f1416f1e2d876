// Makes the same records for every program. Small ones are flat, larger ones contain an object, lists and escapes.

const WORDS =
  'alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november oscar papa'.split(
    ' ',
  );
const START = Date.UTC(2023, 10, 14);

/** Records of at least so many bytes contain nested objects. */
const NESTED_FROM = 500;

/** The length of `,"note":""`. */
const NOTE_BYTES = 10;

const separator = (n) => {
  if (n % 23 === 0) return ' "q" ';
  if (n % 31 === 0) return '\n';
  return n % 37 === 0 ? ' é ' : ' ';
};

const filler = (length, seed) => {
  let text = '';
  for (let n = seed; text.length < length; n += 1)
    text += WORDS[(n * 7 + seed) % 16] + separator(n);
  return text.slice(0, length);
};

const nested = (id, time) => ({
  created_at: time,
  owner: {
    id: id % 997,
    name: `Owner ${id % 997}`,
    email: `owner${id % 997}@example.com`,
    address: {city: 'Town', zip: `00${id % 900}`},
  },
  tags: ['a', 'bb', 'ccc', `tag-${id % 10}`],
  metrics: {views: id * 3, likes: id % 100, ratio: (id % 1000) / 1000, history: [1, 2, 3, 4, id]},
  parent: null,
});

/** The `updated_at` of a record. */
export const timeOf = (id) => new Date(START + id * 1000).toISOString();

/** Before all records. */
export const SINCE = '2020-01-01T00:00:00.000Z';

/** A record of about so many bytes of JSON. */
export const makeRecord = (id, bytes) => {
  const updated_at = timeOf(id);
  const record = {
    id,
    updated_at,
    name: `item ${id}`,
    status: id % 3 === 0 ? 'closed' : 'open',
    amount: id * 1.25,
    active: id % 2 === 0,
    ...(bytes >= NESTED_FROM && nested(id, updated_at)),
  };
  const room = bytes - Buffer.byteLength(JSON.stringify(record)) - NOTE_BYTES;
  return {...record, note: filler(Math.max(8, room), id % 101)};
};

/** A program without a server emits these records again and again, so that making records costs nothing. */
export const makePool = (bytes) => Array.from({length: 1_000}, (_, id) => makeRecord(id, bytes));
