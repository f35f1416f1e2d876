// Not a part of the program: what an author may write and what must not compile, for test/types.test.ts.
// Each line under a comment that begins with "wrong" is an error, and no other line is.
import {defineSource, page, type Schema, type Spec, stream} from '#cdk';

type Item = {id?: number | null; name?: string | null; updated_at?: string | null};
declare const schema: Schema<Item>;
declare const spec: Spec<{token: string; count?: number}>;

export const source = defineSource({
  name: 'typed',
  spec,
  check: async ({config, http}) => {
    await http.get(config.token);
    // wrong: the config has no such field
    await http.get(config.tokne);
  },
  streams: () => [
    stream({
      name: 'fine',
      schema,
      primaryKey: ['id', 'name'],
      cursor: {field: 'updated_at', order: 'ascending'},
      slices: () => [{repository: 'a/b'}],
      read: ({http, slice}) => http.paginate(`/repos/${slice.repository}`),
      map: (item, {repository}) => ({...item, name: repository}),
    }),
    stream({
      name: 'wrong_fields',
      schema,
      // wrong: the records have no such field
      primaryKey: ['idd'],
      // wrong: nor this one
      cursor: {field: 'updated'},
      slices: () => [{repository: 'a/b'}],
      // wrong: the slices have no such field
      read: ({http, slice}) => http.paginate(`/repos/${slice.repo}`),
    }),
    stream({
      name: 'wrong_deletes',
      schema,
      primaryKey: ['id'],
      slices: () => [{repository: 'a/b'}],
      deletes: {
        flag: ({name}) => name === 'gone',
        list: {
          read: ({http}) => http.paginate('/deleted'),
          // wrong: the records have no such field
          record: ({uuid}) => ({idd: Number(uuid)}),
        },
        sweep: {
          every: {weeks: 1},
          // wrong: the slices have no such field
          read: ({http, slice}) => http.paginate(`/repos/${slice.repo}`),
          confirm: async ({id}) => id === 7,
        },
      },
      read: ({http, slice}) => http.paginate(`/repos/${slice.repository}`),
    }),
    stream({
      name: 'wrong_records',
      schema,
      // wrong: an id is a number
      async *read() {
        yield page([{id: 'one'}]);
      },
    }),
  ],
});
