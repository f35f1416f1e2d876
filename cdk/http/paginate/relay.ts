import {SystemError} from '../../errors.ts';
import {isNone, isObject, type JsonObject, valueAt} from '../../json/values.ts';
import {assertNoErrors} from '../graphql.ts';
import {describeRequest, type HttpRequest} from '../types.ts';
import {describeLocation} from './field-location.ts';
import {emptyPageReason} from './incomplete-reason.ts';
import {truncatedConnection} from './nested-connections.ts';
import type {Paginator} from './paginator.ts';
import {jsonStep} from './target.ts';

type RelayOptions = {
  /** The query's variable for the cursor. Default `after`. */
  readonly variable?: string;
  /** A connection in each node. Its nodes are the records, instead of the outer nodes. */
  readonly inner?: {
    /** Its path in a node: `issues`. */
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

/** Records that you may not see are null in a connection. */
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

/** The inner connections of a page. One that you may not see is null. */
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
  // All nodes of the page share one cursor variable, but the cursor is that of one node.
  if (connections.length > 1) {
    throw new SystemError(
      `${describeRequest(request)}: ${describeLocation(path)} has ${connections.length} nodes in a page, and "${inner.path}" of ${open.length} of them has a next page. Request the outer nodes one at a time (\`first: 1\`), or all of "${inner.path}" at once.`,
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
 * Pages a GraphQL connection: its `nodes` (or `edges { node }`) are the records. The query must contain
 * `pageInfo { hasNextPage endCursor }`, and the cursor goes into its variables. With `inner` the records are the nodes of
 * a connection in each node, which is read to its end before the next outer page.
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
          // The inner lists of the next page start at their first page.
          ...(inner && {[inner.variable]: null}),
        },
      },
    };
  },
  incompleteReason: (page) => {
    if (valueAt(page.json, `${path}.pageInfo.hasNextPage`) !== true) return undefined;
    return isNone(valueAt(page.json, `${path}.pageInfo.endCursor`))
      ? 'the API says that there is more, but pageInfo.endCursor is missing'
      : emptyPageReason(page, true);
  },
  truncatedIn: (page) => {
    const read = inner === undefined ? [] : innerOf(page, path, inner.path);
    const truncated = truncatedConnection(nodesOf(connectionOf(page, path)), new Set(read));
    return truncated === undefined
      ? undefined
      : `"${truncated}" in a node of ${describeLocation(path)} is truncated: its further pages are not read. Raise its \`first\`, or page it with \`inner\``;
  },
});
