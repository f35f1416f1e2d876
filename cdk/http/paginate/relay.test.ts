import {describe, expect, test} from '@jest/globals';
import {GET, items, pageThrough} from '../../../test/support/paging.ts';
import type {HttpRequest} from '../message.ts';
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
  test('follows endCursor, among the variables of the query', async () => {
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

  test('takes the nodes of edges, without those that may not be seen, and another variable', async () => {
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

  test('says so where there is more and no cursor', async () => {
    expect(await read({}, {nodes: items(1), pageInfo: {hasNextPage: true}})).toEqual({
      requests: [FIRST],
      records: items(1),
      warnings: [
        'POST https://api.test/items: the API says that there is more, but pageInfo.endCursor is missing, so records ' +
          "may be missing. Check `next` against the API's documentation.",
      ],
    });
  });

  test('fails where the query does not ask for pageInfo', async () => {
    expect(await read({}, {nodes: items(1)})).toEqual({
      requests: [FIRST],
      records: items(1),
      failure:
        'SystemError: POST https://api.test/items: "data.viewer.items" in the body has no pageInfo.hasNextPage: add ' +
        '`pageInfo { hasNextPage endCursor }` to the query.',
    });
  });

  test('fails where there is no connection', async () => {
    expect(await read({}, null)).toEqual({
      requests: [FIRST],
      records: [],
      failure:
        'SystemError: POST https://api.test/items: "data.viewer.items" in the body should be a connection with nodes ' +
        'or edges, but is missing. Set `relay` to its path, such as data.viewer.items.',
    });
  });

  test('fails with the errors of the server, though the status is 200', async () => {
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
