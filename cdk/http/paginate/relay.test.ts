import {describe, expect, test} from '@jest/globals';
import {GET, items, pageThrough} from '../../../test/http/paging.ts';
import {valueAt} from '../../json/values.ts';
import type {HttpRequest} from '../types.ts';
import {relay} from './relay.ts';

const QUERY: HttpRequest = {
  ...GET,
  method: 'POST',
  json: {query: '{…}', variables: {first: 2}},
};

const connection = (found: object | null) => ({json: {data: {viewer: {items: found}}}});

const read = (options: Parameters<typeof relay>[1], ...connections: (object | null)[]) =>
  pageThrough(
    {next: relay('data.viewer.items', options)},
    () => connection(connections.shift() ?? null),
    QUERY,
  );

const FIRST = ' {"query":"{…}","variables":{"first":2}}';

describe('relay', () => {
  test('puts endCursor into the variables of the query', async () => {
    expect(
      await read(
        {},
        {nodes: items(2), pageInfo: {hasNextPage: true, endCursor: 'a'}},
        {nodes: items(1, 3), pageInfo: {hasNextPage: false, endCursor: 'b'}},
      ),
    ).toEqual({
      requests: [FIRST, ' {"query":"{…}","variables":{"first":2,"after":"a"}}'],
      records: items(3),
    });
  });

  test('takes the nodes of edges, except for null ones, and uses another variable', async () => {
    expect(
      await read(
        {variable: 'cursor'},
        {
          edges: [{node: {id: 1}}, {node: null}],
          pageInfo: {hasNextPage: true, endCursor: 'a'},
        },
        {edges: [], pageInfo: {hasNextPage: false, endCursor: null}},
      ),
    ).toEqual({
      requests: [FIRST, ' {"query":"{…}","variables":{"first":2,"cursor":"a"}}'],
      records: items(1),
    });
  });

  test('warns if there is more and no cursor', async () => {
    expect(await read({}, {nodes: items(1), pageInfo: {hasNextPage: true}})).toEqual({
      requests: [FIRST],
      records: items(1),
      warnings: [
        'POST https://api.test/items: the API says that there is more, but pageInfo.endCursor is missing, so records ' +
          "may be missing. Check `next` against the API's documentation.",
      ],
    });
  });

  test('fails if the query does not request pageInfo', async () => {
    expect(await read({}, {nodes: items(1)})).toEqual({
      requests: [FIRST],
      records: items(1),
      failure:
        'SystemError: POST https://api.test/items: "data.viewer.items" in the body has no pageInfo.hasNextPage: add ' +
        '`pageInfo { hasNextPage endCursor }` to the query.',
    });
  });

  test('fails if there is no connection', async () => {
    expect(await read({}, null)).toEqual({
      requests: [FIRST],
      records: [],
      failure:
        'SystemError: POST https://api.test/items: "data.viewer.items" in the body should be a connection with nodes ' +
        'or edges, but is missing. Set `relay` to its path, such as data.viewer.items.',
    });
  });

  test('fails with the errors of the server, although the status is 200', async () => {
    const json = {
      errors: [{message: 'Field a.', path: ['items', 0]}, {message: 'Field b.'}],
      data: null,
    };
    expect(await pageThrough({next: relay('data.items')}, () => ({json}), QUERY)).toEqual({
      requests: [FIRST],
      records: [],
      failure:
        'SystemError: POST https://api.test/items answered with errors: Field a (at items.0); Field b.',
    });
  });
});

/** A connection with these nodes, and with a next page if there is a cursor. */
const nodes = (list: readonly object[], next?: string | null) => ({
  nodes: list,
  pageInfo: {hasNextPage: next !== undefined, endCursor: next ?? null},
});

/** Owners and the number of their issues; both lists have pages. */
const tracker = (
  owners: Readonly<Record<string, number>>,
  sizes: {outer: number; inner: number},
) => {
  const names = Object.keys(owners);
  const pageOf = <T>(list: readonly T[], after: unknown, size: number) => {
    const from = Number(after ?? 0);
    return {
      part: list.slice(from, from + size),
      next: from + size < list.length ? String(from + size) : undefined,
    };
  };
  return ({json}: HttpRequest) => {
    const variables = json?.['variables'];
    const outer = pageOf(names, valueAt(variables, 'after'), sizes.outer);
    const owned = outer.part.map((name) => {
      const all = Array.from({length: owners[name] ?? 0}, (_none, index) => ({
        id: `${name}${index + 1}`,
      }));
      const inner = pageOf(all, valueAt(variables, 'innerAfter'), sizes.inner);
      return {name, issues: nodes(inner.part, inner.next)};
    });
    return {json: {data: {owners: nodes(owned, outer.next)}}};
  };
};

describe('relay with an inner connection', () => {
  const inner = {path: 'issues', variable: 'innerAfter'};
  const next = relay('data.owners', {inner});

  test('reads each inner list to its end before the next outer page', async () => {
    const api = tracker({a: 3, b: 0, c: 4, d: 1}, {outer: 1, inner: 2});
    const requestOf = (variables: object) => ` ${JSON.stringify({query: '{…}', variables})}`;
    expect(await pageThrough({next}, api, QUERY)).toEqual({
      requests: [
        requestOf({first: 2}),
        requestOf({first: 2, innerAfter: '2'}),
        requestOf({first: 2, innerAfter: null, after: '1'}),
        requestOf({first: 2, innerAfter: null, after: '2'}),
        requestOf({first: 2, innerAfter: '2', after: '2'}),
        requestOf({first: 2, innerAfter: null, after: '3'}),
      ],
      records: ['a1', 'a2', 'a3', 'c1', 'c2', 'c3', 'c4', 'd1'].map((id) => ({id})),
    });
  });

  test('reads several outer nodes in a page if each inner list has one page', async () => {
    const api = tracker({a: 2, b: 1, c: 2}, {outer: 2, inner: 2});
    const {requests, records, ...rest} = await pageThrough({next}, api, QUERY);
    expect([requests.length, records, rest]).toEqual([
      2,
      ['a1', 'a2', 'b1', 'c1', 'c2'].map((id) => ({id})),
      {},
    ]);
  });

  test('fails if several outer nodes share a page, and an inner list has a next page', async () => {
    const api = tracker({a: 1, b: 3}, {outer: 2, inner: 2});
    expect(await pageThrough({next}, api, QUERY)).toEqual({
      requests: [FIRST],
      records: ['a1', 'b1', 'b2'].map((id) => ({id})),
      failure:
        'SystemError: POST https://api.test/items: "data.owners" in the body has 2 nodes in a page, and "issues" of 1 of ' +
        'them has a next page. Request the outer nodes one at a time (`first: 1`), or all of "issues" at once.',
    });
  });

  test.each([
    [
      'has no pageInfo',
      {issues: {nodes: items(1)}},
      '"issues" in the body has no pageInfo.hasNextPage: add `pageInfo { hasNextPage endCursor }` to the query.',
    ],
    [
      'has a next page but no cursor',
      {issues: nodes(items(1), null)},
      '"issues" has a next page, but pageInfo.endCursor is missing: add it to the query.',
    ],
  ])('fails if the inner connection %s', async (_what, owner, message) => {
    const json = {data: {owners: nodes([owner])}};
    expect(await pageThrough({next}, () => ({json}), QUERY)).toEqual({
      requests: [FIRST],
      records: items(1),
      failure: `SystemError: POST https://api.test/items: ${message}`,
    });
  });

  test('fails if a node has no inner connection, but not if it is null', async () => {
    const json = {data: {owners: nodes([{issues: null}, {name: 'b'}])}};
    expect(await pageThrough({next}, () => ({json}), QUERY)).toEqual({
      requests: [FIRST],
      records: [],
      failure:
        'SystemError: POST https://api.test/items: a node of "data.owners" in the body has no connection "issues". Set ' +
        '`inner` to its path in the node.',
    });
  });

  test('takes the nodes of inner edges', async () => {
    const edges = [{node: {id: 1}}, {node: null}];
    const json = {data: {owners: nodes([{issues: {edges, pageInfo: {hasNextPage: false}}}])}};
    expect((await pageThrough({next}, () => ({json}), QUERY)).records).toEqual(items(1));
  });
});

describe('a connection in a node that is not read to its end', () => {
  const MESSAGE =
    'POST https://api.test/items: "labels.nodes.users" in a node of "data.viewer.items" in the body is truncated: its ' +
    'further pages are not read. Raise its `first`, or page it with `inner`. Records may be missing.';
  const cut = {id: 1, labels: nodes([{users: nodes(items(2), 'x')}])};
  const pages = [
    nodes([{id: 0, labels: nodes([])}, cut], 'a'),
    nodes([cut], 'b'),
    nodes([{id: 2}]),
  ];
  const readAll = (incomplete?: 'fail') => {
    const left = [...pages];
    return pageThrough(
      {next: relay('data.viewer.items'), ...(incomplete && {incomplete})},
      () => connection(left.shift() ?? null),
      QUERY,
    );
  };

  test('causes one warning, whichever page it is on', async () => {
    const {requests, warnings} = await readAll();
    expect([requests.length, warnings]).toEqual([3, [MESSAGE]]);
  });

  test('fails if the list must be complete', async () => {
    const {requests, failure} = await readAll('fail');
    expect([requests.length, failure]).toEqual([1, `SystemError: ${MESSAGE}`]);
  });

  test('is found next to the inner connection, and in its nodes', async () => {
    const next = relay('data.owners', {inner: {path: 'issues', variable: 'innerAfter'}});
    const warningsOf = async (owner: object) => {
      const json = {data: {owners: nodes([owner])}};
      return (await pageThrough({next}, () => ({json}), QUERY)).warnings;
    };
    expect([
      await warningsOf({issues: nodes(items(1)), topics: nodes(items(1), 'x')}),
      await warningsOf({issues: nodes([{id: 1, labels: nodes([], 'x')}])}),
      await warningsOf({issues: nodes([{id: 1, labels: nodes([])}])}),
    ]).toEqual([
      [expect.stringContaining('"topics" in a node')],
      [expect.stringContaining('"issues.nodes.labels" in a node')],
      undefined,
    ]);
  });

  test('is searched only down to a limited depth', async () => {
    const deep = (depth: number): object => (depth === 0 ? nodes([], 'x') : {a: deep(depth - 1)});
    const json = connection(nodes([deep(50)]));
    expect(
      (await pageThrough({next: relay('data.viewer.items')}, () => json, QUERY)).warnings,
    ).toBe(undefined);
  });
});
