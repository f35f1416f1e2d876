import {SystemError} from '../../errors.ts';
import {isObject, type JsonObject} from '../../json.ts';
import {assertNoErrors} from '../graphql.ts';
import {describeRequest} from '../message.ts';
import type {Paginator} from './paginator.ts';
import {at, describePlace, isNone} from './place.ts';
import {jsonStep} from './target.ts';

type RelayOptions = {
  /** The query's variable for the cursor; default `after`. */
  readonly variable?: string;
};

type Answer = Parameters<NonNullable<Paginator['records']>>[0];

const connectionOf = (answer: Answer, path: string): JsonObject => {
  assertNoErrors(answer.request, answer.json);
  const connection = at(answer.json, path);
  if (isObject(connection)) return connection;
  throw new SystemError(
    `${describeRequest(answer.request)}: ${describePlace(path)} should be a connection with nodes or edges, but is missing. Set \`relay\` to its path, such as data.viewer.items.`,
  );
};

/** Records that may not be seen are null in a connection. */
const nodesOf = ({nodes, edges}: JsonObject): unknown => {
  const found = Array.isArray(edges) ? edges.map((edge) => at(edge, 'node')) : undefined;
  const list: unknown = nodes ?? found;
  return Array.isArray(list) ? list.filter((node) => node !== null) : list;
};

/**
 * Pages a GraphQL connection: its `nodes` (or `edges { node }`) are the records, and the query must ask for
 * `pageInfo { hasNextPage endCursor }`. The cursor goes into the query's variables.
 * https://relay.dev/graphql/connections.htm
 */
export const relay = (path: string, {variable = 'after'}: RelayOptions = {}): Paginator => ({
  records: (answer) => nodesOf(connectionOf(answer, path)),
  next: (page) => {
    const hasNext = at(connectionOf(page, path), 'pageInfo.hasNextPage');
    if (typeof hasNext !== 'boolean') {
      throw new SystemError(
        `${describeRequest(page.request)}: ${describePlace(path)} has no pageInfo.hasNextPage: add \`pageInfo { hasNextPage endCursor }\` to the query.`,
      );
    }
    const cursor = at(page.json, `${path}.pageInfo.endCursor`);
    return hasNext && !isNone(cursor)
      ? jsonStep(page.request, `variables.${variable}`, cursor)
      : undefined;
  },
  doubt: (page) =>
    at(page.json, `${path}.pageInfo.hasNextPage`) === true
      ? 'the API says that there is more, but pageInfo.endCursor is missing'
      : undefined,
});
