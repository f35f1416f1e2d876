// The streams with the kit, as an author writes a source.
import {cursorIn, defineSource, page, run, stream} from 'headwater';
import {makePool, SINCE, timeOf} from './records.js';

const schema = {
  type: 'object',
  properties: {id: {type: 'integer'}, updated_at: {type: 'string'}, note: {type: 'string'}},
};

const spec = {
  connectionSpecification: {
    type: 'object',
    properties: {
      url: {type: 'string'},
      pages: {type: 'integer'},
      records: {type: 'integer'},
      bytes: {type: 'integer'},
      token: {type: 'string', airbyte_secret: true},
    },
  },
};

async function* fromMemory({records, bytes}) {
  const pool = makePool(bytes);
  for (let n = 0; n < records; n += pool.length) yield page(pool.slice(0, records - n));
}

/** The same, but each page is newer than the one before. */
async function* changesFromMemory({records, bytes}) {
  const pool = makePool(bytes);
  for (let n = 0; n < records; n += pool.length) {
    const updated_at = timeOf(n);
    yield page(pool.slice(0, records - n).map((record) => ({...record, updated_at})));
  }
}

const source = defineSource({
  name: 'bench',
  spec,
  connect: ({url}) => (url === undefined ? {} : {baseUrl: url}),
  check: async () => {},
  streams: ({config}) => {
    const common = {schema, primaryKey: ['id']};
    const fromPages = ({http}) =>
      http.paginate('/items', {
        query: {pages: config.pages},
        records: 'data',
        next: cursorIn('next_cursor', 'cursor', {more: 'has_more'}),
      });
    return [
      stream({...common, name: 'memory', read: () => fromMemory(config)}),
      stream({
        ...common,
        name: 'changes',
        cursor: {field: 'updated_at', order: 'ascending'},
        checkpointInterval: {seconds: 0},
        read: () => changesFromMemory(config),
      }),
      // Nothing reads these records, so the kit may pass their bytes through.
      stream({...common, name: 'untouched', read: fromPages}),
      // An API that can't filter by time.
      stream({
        ...common,
        name: 'filtered',
        cursor: {field: 'updated_at', start: SINCE, clientSide: true},
        read: fromPages,
      }),
      // Mapped records must be parsed and printed.
      stream({...common, name: 'mapped', read: fromPages, map: (record) => record}),
    ];
  },
});

await run(source);
