#!/bin/sh
// 2>/dev/null; exec "$(dirname "$(readlink -f "$0")")/../../../scripts/node.sh" "$0" "$@"
// The posts of a WordPress, for tests with a real one: https://developer.wordpress.org/rest-api/reference/posts/
// Three ways to page through the same list: up to the number of pages in a header, until an error, and by links.
import {
  basic,
  defineSource,
  type HttpOptions,
  linkHeader,
  pageNumber,
  run,
  type Schema,
  type Spec,
  stream,
} from 'headwater';

type Config = Pick<HttpOptions, 'retry'> & {
  api_url: string;
  username: string;
  /** An application password. It may contain spaces, as WordPress shows it. */
  password: string;
};
type Post = {id: number; slug: string; modified_gmt: string};

const spec: Spec<Config> = {
  connectionSpecification: {
    type: 'object',
    required: ['api_url', 'username', 'password'],
    properties: {
      api_url: {type: 'string'},
      username: {type: 'string'},
      password: {type: 'string', airbyte_secret: true},
      retry: {type: 'object'},
    },
  },
};
const schema: Schema<Post> = {
  type: 'object',
  properties: {
    id: {type: 'integer'},
    slug: {type: 'string'},
    modified_gmt: {type: 'string', format: 'date-time'},
  },
  // No test needs the many other fields.
  additionalProperties: {},
};

/** `modified_after` excludes its own second, in which others may have changed, so the second before is sent. */
const justBefore = (since: string | number): string =>
  new Date(new Date(since).getTime() - 1_000).toISOString();

/** By id, because posts with the same date have no stable order, and could change places between two pages. */
const BY_ID = {orderby: 'id', order: 'asc', context: 'edit'};
const POSTS = '/wp-json/wp/v2/posts';
const size = {name: 'per_page', value: 100};
const total = {header: 'X-WP-Total'};

const source = defineSource({
  name: 'wordpress',
  spec,
  connect: ({api_url, username, password, retry = {}}) => ({
    baseUrl: api_url,
    auth: basic({username, password}),
    retry,
  }),
  check: ({http}) => http.get('/wp-json/wp/v2/users/me'),
  streams: () => {
    const common = {schema, primaryKey: ['id']} as const;
    return [
      stream({
        ...common,
        name: 'posts',
        cursor: {field: 'modified_gmt'},
        read: ({http, since}) =>
          http.paginate(POSTS, {
            query: {...BY_ID, modified_after: since === undefined ? undefined : justBefore(since)},
            next: pageNumber({size, total: {header: 'X-WP-TotalPages'}}),
            total,
            incomplete: 'fail',
          }),
        // It is in UTC, but has no zone.
        map: (post: Post) => ({...post, modified_gmt: `${post.modified_gmt}Z`}),
      }),
      stream({
        ...common,
        name: 'until_refused',
        read: ({http}) =>
          http.paginate(POSTS, {query: BY_ID, next: pageNumber({size}), endOn: [400]}),
      }),
      stream({
        ...common,
        name: 'by_links',
        read: ({http}) =>
          http.paginate(POSTS, {
            query: {...BY_ID, per_page: 100},
            next: linkHeader(),
            total,
            incomplete: 'fail',
          }),
      }),
    ];
  },
});

await run(source);
