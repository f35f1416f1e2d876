import {describe, expect, test} from '@jest/globals';
import {readAll, serveBody} from '../../../test/http/downloading.ts';
import {everyWay, inDownload, inPage} from '../../../test/http/shaped-records.ts';
import type {RecordsShape} from './record-shape.ts';

const ORDERS = '{"list":[{"id":1,"inner":[{"n":1,"id":5}]}]}';

describe('an error says what to do about', () => {
  test.each<[string, string, RecordsShape, string]>([
    [
      'a name that the record has',
      ORDERS,
      {path: 'list.*.inner', parentFields: {id: 'list.*.id'}},
      'a record has a field "id" of its own, which `records` would replace. Choose another name there.',
    ],
    [
      'a key that the record has',
      ORDERS,
      {path: 'list.*.inner', keyFields: ['n']},
      'a record has a field "n" of its own, which `records` would replace. Choose another name there.',
    ],
    [
      "a parent's field that is missing",
      ORDERS,
      {path: 'list.*.inner', parentFields: {order: 'list.*.key'}},
      'a record has no "list.*.key" around it, which should become its field "order". Correct the path in `parentFields`, or set `withoutField: \'null\'`.',
    ],
    [
      'a path to several values',
      ORDERS,
      {path: 'list.*.inner', parentFields: {order: 'list.*.inner.*.id'}},
      '`records` has the path "list.*.inner.*.id" in `parentFields`, which leads to several values: up to its last "*" it must be the path of the records.',
    ],
    [
      'a field that is set twice',
      ORDERS,
      {path: 'list.*.inner', keyFields: ['x'], parentFields: {x: 'list.*.id'}},
      'the options of `records` set the field "x" twice. Give each value a name of its own.',
    ],
    [
      'two forms at once',
      '[]',
      {wrap: 'a', columns: ['b']},
      '`records` has both `wrap` and `columns`.',
    ],
    [
      'keys that the path has not',
      '{"a":{}}',
      {path: 'a.*', keyFields: ['b', 'c']},
      '`records` has 2 `keyFields`, but there are 1 "*" in its path.',
    ],
    [
      'a row of another length',
      '[[1,2],[1]]',
      {columns: ['a', 'b']},
      'a row has 1 values, but there are 2 columns (a, b). Correct `columns` in `records`.',
    ],
    [
      'a row that is not a list',
      '[{"a":1}]',
      {columns: ['a']},
      'a row is an object, but there are 1 columns (a). Correct `columns` in `records`.',
    ],
  ])('%s', async (_what, body, shape, message) => {
    expect(await everyWay(body, shape)).toEqual(
      new Set([`SystemError: GET api/export: ${message}`]),
    );
  });

  test.each<[string, string, RecordsShape]>([
    ['a string in the list', '{"a":["x"]}', {path: 'a', parentFields: {}}],
    ['a missing list', '{"b":[]}', {path: 'a', wrap: 'x'}],
    ['a list that is missing everywhere', '{"a":[{"b":1},{}]}', {path: 'a.*.c', parentFields: {}}],
    ['an object instead of a list', '{"a":{"b":1}}', {path: 'a', wrap: 'x'}],
    ['a string instead of a list', '{"a":"b"}', {path: 'a', wrap: 'x'}],
    ['a string at the end of a path', '{"a":[{"c":"d"}]}', {path: 'a.*.c', keyFields: ['k']}],
  ])('%s, as without these options', async (_what, body, shape) => {
    for (const failure of await everyWay(body, shape)) {
      expect(failure).toMatch(
        /^SystemError: GET api\/export: ".*" in the body should be a list of/,
      );
    }
  });

  test.each<[string, RecordsShape, string]>([
    [
      'a field of the body around a file',
      {path: 'list.*.inner', parentFields: {day: 'meta.day'}},
      '`parentFields` must be within "list.*", but "meta.day" is outside',
    ],
    [
      'a list of a file',
      {path: 'list', parentFields: {day: 'day'}},
      '`parentFields` need a path with a "*"',
    ],
  ])('%s', async (_what, shape, message) => {
    expect(await inDownload(ORDERS, shape, {})).toBe(
      `SystemError: GET api/export: ${message}, because a download is not in memory as a whole.`,
    );
  });

  test.each([
    ['{"rows":[[1]]}', 'a row has 1 values, but there are 0 columns.'],
    ['{"columns":["a"],"rows":[[1,2]]}', 'a row has 2 values, but there are 1 columns (a).'],
    [
      '{"columns":[1],"rows":[[1]]}',
      '"columns" in the body should have the names of the columns, but has other values.',
    ],
  ])('columns that do not fit: %s', async (body, message) => {
    const shape = {path: 'rows', columns: 'columns'};
    const expected = `SystemError: GET api/export: ${message} Correct \`columns\` in \`records\`.`;
    expect(await inPage(body, shape, {})).toBe(expected);
    expect(await inDownload(body, shape, {})).toBe(expected);
  });

  test.each([
    ['["a"]', " If its values are to become records, name them: `records: {wrap: 'value'}`."],
    ['[[1]]', " If its rows are lists of values, name these: `records: {columns: ['id', …]}`."],
  ])('%s without options', async (body, advice) => {
    const message =
      'SystemError: GET api/export: the body should be a list of objects, but is a list with other values. Set `records` to the path of the list.';
    expect(await everyWay(body, {})).toEqual(new Set([`${message}${advice}`]));
    const origin = await serveBody(body);
    expect((await readAll(origin)).failure).toBe(`${message}${advice}`);
  });
});

test('a list that is missing may be empty', async () => {
  const options = {withoutRecords: 'empty'} as const;
  for (const body of ['{}', '{"a":[{}]}', '{"a":null}']) {
    expect(await everyWay(body, {path: 'a.*.b', keyFields: ['k']}, options)).toEqual(
      new Set(['[]']),
    );
  }
});
