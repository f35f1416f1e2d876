import {SystemError} from '../../errors.ts';
import {isNone, isObject, type JsonObject, valueAt} from '../../json/values.ts';
import {assertNoErrors} from '../graphql.ts';
import {describeRequest, type HttpRequest} from '../types.ts';
import {describeLocation} from './field-location.ts';
import {truncatedConnection} from './nested-connections.ts';
import type {Paginator} from './paginator.ts';
import {jsonStep} from './target.ts';

type RelayOptions = {
  /** The query's variable for the cursor; default `after`. */
  readonly variable?: string;
  /** A connection in each node, whose nodes are the records in place of the outer ones. */
  readonly inner?: {
    /** Where it is in a node: `issues`. */
    readonly path: string;
    /** The query's variable for its cursor. */
    readonly variable: string;
  };
};

type DecodedResponse = Parameters<NonNullable<Paginator['records']>>[0];

const connectionOf = (decoded: DecodedResponse, path: string): JsonObject => {
  assertNoErrors(decoded.request, decoded.json);
  const connection = valueAt(decoded.json, path);
  if (isObject(connection)) return connection;
  throw new SystemError(
    `${describeRequest(decoded.request)}: ${describeLocation(path)} should be a connection with nodes or edges, but is missing. Set \`relay\` to its path, such as data.viewer.items.`,
  );
};

/** Records that may not be seen are null in a connection. */
const nodesOf = ({nodes, edges}: JsonObject): unknown => {
  const found = Array.isArray(edges) ? edges.map((edge) => valueAt(edge, 'node')) : undefined;
  const list: unknown = nodes ?? found;
  return Array.isArray(list) ? list.filter((node) => node !== null) : list;
};

const hasNextPage = (request: HttpRequest, connection: JsonObject, path: string): boolean => {
  const hasNext = valueAt(connection, 'pageInfo.hasNextPage');
  if (typeof hasNext === 'boolean') return hasNext;
  throw new SystemError(
    `${describeRequest(request)}: ${describeLocation(path)} has no pageInfo.hasNextPage: add \`pageInfo { hasNextPage endCursor }\` to the query.`,
  );
};

/** The inner connections of a page; one that may not be seen is null, as a record is. */
const innerOf = (decoded: DecodedResponse, path: string, inner: string): readonly JsonObject[] => {
  const nodes = nodesOf(connectionOf(decoded, path));
  return (Array.isArray(nodes) ? nodes : []).flatMap((node) => {
    const connection = valueAt(node, inner);
    if (isObject(connection)) return [connection];
    if (connection === null) return [];
    throw new SystemError(
      `${describeRequest(decoded.request)}: a node of ${describeLocation(path)} has no connection "${inner}". Set \`inner\` to its path in the node.`,
    );
  });
};

/** The step to the next page of the one inner connection that has one. */
const innerStep = (
  decoded: DecodedResponse,
  path: string,
  inner: NonNullable<RelayOptions['inner']>,
): ReturnType<Paginator['next']> => {
  const {request} = decoded;
  const connections = innerOf(decoded, path, inner.path);
  const open = connections.filter((connection) => hasNextPage(request, connection, inner.path));
  const [connection] = open;
  if (connection === undefined) return undefined;
  // One variable is the cursor of all: it would lead into every node of the page, but comes from just one.
  if (connections.length > 1) {
    throw new SystemError(
      `${describeRequest(request)}: ${describeLocation(path)} has ${connections.length} nodes in a page, and "${inner.path}" of ${open.length} of them has a next page. Ask for the outer nodes one at a time (\`first: 1\`), or for all of "${inner.path}" at once.`,
    );
  }
  const cursor = valueAt(connection, 'pageInfo.endCursor');
  if (isNone(cursor)) {
    throw new SystemError(
      `${describeRequest(request)}: "${inner.path}" has a next page, but pageInfo.endCursor is missing: add it to the query.`,
    );
  }
  return jsonStep(request, `variables.${inner.variable}`, cursor);
};

/**
 * Pages a GraphQL connection: its `nodes` (or `edges { node }`) are the records, and the query must ask for
 * `pageInfo { hasNextPage endCursor }`. The cursor goes into the query's variables. With `inner` the records are the
 * nodes of a connection in each of its nodes, which is paged to its end before the next outer page is asked for.
 * https://relay.dev/graphql/connections.htm
 */
export const relay = (path: string, {variable = 'after', inner}: RelayOptions = {}): Paginator => ({
  records: (decoded) => {
    if (inner === undefined) return nodesOf(connectionOf(decoded, path));
    return innerOf(decoded, path, inner.path).flatMap(nodesOf);
  },
  next: (page) => {
    const deeper = inner && innerStep(page, path, inner);
    if (deeper !== undefined) return deeper;
    const hasNext = hasNextPage(page.request, connectionOf(page, path), path);
    const cursor = valueAt(page.json, `${path}.pageInfo.endCursor`);
    if (!hasNext || isNone(cursor)) return undefined;
    const variables = page.request.json?.['variables'];
    return {
      json: {
        variables: {
          ...(isObject(variables) && variables),
          [variable]: cursor,
          // The inner lists of the next page begin at their beginning.
          ...(inner && {[inner.variable]: null}),
        },
      },
    };
  },
  incompleteReason: (page) =>
    valueAt(page.json, `${path}.pageInfo.hasNextPage`) === true
      ? 'the API says that there is more, but pageInfo.endCursor is missing'
      : undefined,
  truncatedIn: (page) => {
    const read = inner === undefined ? [] : innerOf(page, path, inner.path);
    const cut = truncatedConnection(nodesOf(connectionOf(page, path)), new Set(read));
    return cut === undefined
      ? undefined
      : `"${cut}" in a node of ${describeLocation(path)} is a list with a next page, which is not read: raise its \`first\`, or page it with \`inner\``;
  },
});
