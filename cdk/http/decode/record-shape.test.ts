// Each case is read as a page, as a download, and in pieces that are cut anywhere; all must have the same records.
import {describe, expect, test} from '@jest/globals';
import {everyWay, inDownload, inPage} from '../../../test/http/shaped-records.ts';
import {csv} from './csv.ts';
import {jsonLines} from './json-lines.ts';
import type {RecordsShape} from './record-shape.ts';
import {xml} from './xml.ts';

type Case = readonly [what: string, body: string, shape: RecordsShape, records: string];

const WRAPPED: readonly Case[] = [
  [
    'strings',
    '{"tags":["a","b \\u00fc"]}',
    {path: 'tags', wrap: 'name'},
    '[{"name":"a"},{"name":"b ü"}]',
  ],
  ['strings in the body itself', '["a","b"]', {wrap: 'name'}, '[{"name":"a"},{"name":"b"}]'],
  [
    'numbers beyond 2^53 and long decimals',
    '{"ids":[12345678901234567,1,0.12345678901234567890]}',
    {path: 'ids', wrap: 'id'},
    '[{"id":12345678901234567},{"id":1},{"id":0.12345678901234567890}]',
  ],
  [
    'booleans and nulls',
    '{"v":[true,null,false]}',
    {path: 'v', wrap: 'x'},
    '[{"x":true},{"x":null},{"x":false}]',
  ],
  [
    'lists',
    '{"v":[[1,12345678901234567],[]]}',
    {path: 'v', wrap: 'x'},
    '[{"x":[1,12345678901234567]},{"x":[]}]',
  ],
  [
    'a mixture',
    '{"v":["a",1,{"b":2},[3],null,{}]}',
    {path: 'v', wrap: 'x'},
    '[{"x":"a"},{"x":1},{"x":{"b":2}},{"x":[3]},{"x":null},{"x":{}}]',
  ],
  ['no values', '{"v":[]}', {path: 'v', wrap: 'x'}, '[]'],
  ['a null list', '{"v":null}', {path: 'v', wrap: 'x'}, '[]'],
  ['a name that objects have', '["a"]', {wrap: '__proto__'}, '[{"__proto__":"a"}]'],
  [
    'the values of an object, with their keys',
    '{"base":"EUR","rates":{"USD":1.1,"JPY":161.12345678901234567,"XXX":null}}',
    {path: 'rates.*', wrap: 'rate', keyFields: ['currency']},
    '[{"rate":1.1,"currency":"USD"},{"rate":161.12345678901234567,"currency":"JPY"},{"rate":null,"currency":"XXX"}]',
  ],
  [
    'values two levels below, with both keys',
    '{"rates":{"2026-01-01":{"USD":1.1,"GBP":0.8},"2026-01-02":{"USD":1.2}}}',
    {path: 'rates.*.*', wrap: 'rate', keyFields: ['day', 'currency']},
    '[{"rate":1.1,"day":"2026-01-01","currency":"USD"},{"rate":0.8,"day":"2026-01-01","currency":"GBP"},{"rate":1.2,"day":"2026-01-02","currency":"USD"}]',
  ],
  [
    'lists within a list, with a field of what has them',
    '{"people":[{"id":7,"tags":["a","b"]},{"id":8,"tags":null},{"id":9,"tags":["c"]}]}',
    {path: 'people.*.tags', wrap: 'tag', parentFields: {person: 'people.*.id'}},
    '[{"tag":"a","person":7},{"tag":"b","person":7},{"tag":"c","person":9}]',
  ],
  [
    'a field of each object',
    '{"a":[{"n":"x"},{"n":"y"}]}',
    {path: 'a.*.n', wrap: 'n'},
    '[{"n":"x"},{"n":"y"}]',
  ],
];

const ROWS: readonly Case[] = [
  [
    'rows by a list of names',
    '{"rows":[[1,"a"],[12345678901234567,null]]}',
    {path: 'rows', columns: ['id', 'name']},
    '[{"id":1,"name":"a"},{"id":12345678901234567,"name":null}]',
  ],
  ['rows of the body itself', '[[1],[2]]', {columns: ['id']}, '[{"id":1},{"id":2}]'],
  [
    'rows of several tables',
    '{"t":{"a":{"rows":[[1]]},"b":{"rows":[[2],[3]]}}}',
    {path: 't.*.rows', columns: ['id'], keyFields: ['table']},
    '[{"id":1,"table":"a"},{"id":2,"table":"b"},{"id":3,"table":"b"}]',
  ],
];

const KEYED: readonly Case[] = [
  [
    'an object by its ids',
    '{"items":{"7":{"a":12345678901234567},"x":{"a":2}}}',
    {path: 'items.*', keyFields: ['id']},
    '[{"a":12345678901234567,"id":"7"},{"a":2,"id":"x"}]',
  ],
  [
    'lists by the name of their group',
    '{"groups":{"eu":{"items":[{"n":1},{"n":2}]},"us":{"items":null},"as":{"items":[{"n":3}]}}}',
    {path: 'groups.*.items', keyFields: ['group']},
    '[{"n":1,"group":"eu"},{"n":2,"group":"eu"},{"n":3,"group":"as"}]',
  ],
  [
    'a list that is the value of a key',
    '{"byUser":{"ann":[{"n":1}],"bob":[{"n":2},{"n":3}]}}',
    {path: 'byUser.*', keyFields: ['user']},
    '[{"n":1,"user":"ann"},{"n":2,"user":"bob"},{"n":3,"user":"bob"}]',
  ],
];

const PARENTS: readonly Case[] = [
  [
    'an id of each parent, with all its digits',
    '{"list":[{"id":12345678901234567,"inner":[{"n":0.12345678901234567},{"n":2}]},{"inner":[{"n":3}],"id":8}]}',
    {path: 'list.*.inner', parentFields: {order_id: 'list.*.id'}},
    '[{"n":0.12345678901234567,"order_id":12345678901234567},{"n":2,"order_id":12345678901234567},{"n":3,"order_id":8}]',
  ],
  [
    'a nested field, an object and a null',
    '{"list":[{"at":{"day":"d"},"who":{"id":12345678901234567},"x":null,"inner":[{"n":1}]}]}',
    {path: 'list.*.inner', parentFields: {day: 'list.*.at.day', who: 'list.*.who', x: 'list.*.x'}},
    '[{"n":1,"day":"d","who":{"id":12345678901234567},"x":null}]',
  ],
  [
    'fields of several levels',
    '[{"id":"c","orders":[{"id":"o","lines":{"items":[{"n":1}]}},{"id":"p","lines":{"items":[{"n":2}]}}]}]',
    {path: '*.orders.*.lines.items', parentFields: {customer: '*.id', order: '*.orders.*.id'}},
    '[{"n":1,"customer":"c","order":"o"},{"n":2,"customer":"c","order":"p"}]',
  ],
  [
    'a field with a dot in its name',
    '{"list":[{"@odata.etag":"e","inner":[{"n":1}]}]}',
    {path: 'list.*.inner', parentFields: {etag: 'list.*.@odata.etag'}},
    '[{"n":1,"etag":"e"}]',
  ],
  [
    'a field that is missing, as null',
    '{"list":[{"inner":[{"n":1}]},{"id":2,"inner":[{"n":2}]}]}',
    {path: 'list.*.inner', parentFields: {id: 'list.*.id'}, withoutField: 'null'},
    '[{"n":1,"id":null},{"n":2,"id":2}]',
  ],
  [
    'an object that each parent has once',
    '{"list":[{"id":1,"inner":{"n":1}},{"id":2}]}',
    {path: 'list.*.inner', parentFields: {id: 'list.*.id'}},
    '[{"n":1,"id":1}]',
  ],
];

describe('records are made of', () => {
  test.each([...WRAPPED, ...ROWS, ...KEYED, ...PARENTS])(
    '%s',
    async (_what, body, shape, records) => {
      expect(await everyWay(body, shape)).toEqual(new Set([records]));
    },
  );

  test.each<[string, string, RecordsShape, string]>([
    [
      'rows beside their columns',
      '{"columns":["id","name"],"rows":[[12345678901234567,"a"]]}',
      {path: 'rows', columns: 'columns'},
      '[{"id":12345678901234567,"name":"a"}]',
    ],
    [
      'rows beside objects that describe their columns',
      '{"rows":[[1,2]],"meta":{"cols":[{"name":"id","type":"int"},{"name":"n","type":"int"}]}}',
      {path: 'rows', columns: 'meta.cols.*.name'},
      '[{"id":1,"n":2}]',
    ],
    [
      'a list with a field of the body',
      '{"meta":{"day":12345678901234567},"items":[{"n":1}]}',
      {path: 'items', parentFields: {day: 'meta.day'}},
      '[{"n":1,"day":12345678901234567}]',
    ],
    [
      'no rows and an empty list of columns',
      '{"columns":[],"rows":[]}',
      {path: 'rows', columns: 'columns'},
      '[]',
    ],
    ['no rows and no columns', '{"rows":[]}', {path: 'rows', columns: 'columns'}, '[]'],
  ])('%s, in a page', async (_what, body, shape, records) => {
    expect(await inPage(body, shape, {})).toBe(records);
    if ('columns' in shape) expect(await inDownload(body, shape, {})).toBe(records);
  });

  test('elements of XML with attributes of those around them', async () => {
    const body =
      '<o><order id="1"><line>a</line><line>b</line></order><order id="2"><line>c</line></order><order id="3"/></o>';
    const shape = {path: 'o.order.line', wrap: 'sku', parentFields: {order: 'o.order.@id'}};
    expect(await everyWay(body, shape, {decode: xml()})).toEqual(
      new Set(['[{"sku":"a","order":"1"},{"sku":"b","order":"1"},{"sku":"c","order":"2"}]']),
    );
  });

  test('an XML document of a single element', async () => {
    const shape = {path: 'o.item.n', parentFields: {id: 'o.item.id'}};
    const body = '<o><item><id>7</id><n><a>1</a></n></item></o>';
    expect(await everyWay(body, shape, {decode: xml()})).toEqual(new Set(['[{"a":"1","id":"7"}]']));
  });

  test('lines of JSON that are not objects', async () => {
    const decode = jsonLines({wrap: 'v'});
    expect(await everyWay('"a"\n12345678901234567\nnull\n\n[1]\n{"b":1}', {}, {decode})).toEqual(
      new Set(['[{"v":"a"},{"v":12345678901234567},{"v":null},{"v":[1]},{"v":{"b":1}}]']),
    );
  });

  test('no line that has several values', async () => {
    const decode = jsonLines({wrap: 'v'});
    expect(await everyWay('1\n2,3\n', {}, {decode})).toEqual(
      new Set([
        'SystemError: GET api/export: line 2 is not JSON: it has several values. Check that the body is JSON Lines, one object per line.',
      ]),
    );
  });

  test('lines of JSON that are rows', async () => {
    const decode = jsonLines({columns: ['id', 'name']});
    expect(await everyWay('[12345678901234567,"a"]\n[2,null]', {}, {decode})).toEqual(
      new Set(['[{"id":12345678901234567,"name":"a"},{"id":2,"name":null}]']),
    );
    expect(await everyWay('[1,"a"]\n[2]', {}, {decode})).toEqual(
      new Set([
        'SystemError: GET api/export: line 2: a row has 1 values, but there are 2 columns (id, name). Correct `columns` in `records`.',
      ]),
    );
  });

  test('rows of CSV as a whole', async () => {
    expect(await everyWay('a,b\n1,2\n', {wrap: 'row'}, {decode: csv()})).toEqual(
      new Set(['[{"row":{"a":"1","b":"2"}}]']),
    );
  });
});
