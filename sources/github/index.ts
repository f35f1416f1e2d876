import {bearer, ConfigError, defineSource, linkHeader, stream} from 'headwater';
import {commits} from './generated/commits.ts';
import {labels} from './generated/labels.ts';
import {spec} from './generated/spec.ts';
import {issueStreams} from './issues.ts';
import {
  entriesOf,
  inRepository,
  openRepositoryStreams,
  startOf,
  toSeconds,
  wildcardOwner,
} from './repositories.ts';

/** GitHub also responds 404 if the token may not see the repository. */
const explain = ({status, url}: {status: number; url: URL}): Error | undefined =>
  status === 404
    ? new ConfigError(
        `GitHub has nothing at ${url.origin}${url.pathname} (404): the repository or owner does not exist, or the token may not see it. Check "repositories" in the config, and the repositories that the token may read.`,
      )
    : undefined;

/**
 * Commits of a branch keep their dates when it is merged, so they appear late. Commits of branches merged within this time
 * are read; it costs an hourly sync one request for each hundred commits of a week.
 */
const BRANCH_LIFE = {days: 7};

export const github = defineSource({
  name: 'github',
  spec,
  connect: ({api_url, token, concurrency}) => ({
    baseUrl: api_url,
    auth: bearer(token),
    headers: {accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28'},
    explain,
    ...(concurrency !== undefined && {maxConcurrentRequests: concurrency}),
  }),
  concurrency: ({concurrency}) => concurrency,
  // Not /user: tokens of GitHub Apps have no user.
  check: async ({http, config}) => {
    startOf(config);
    for (const entry of entriesOf(config)) {
      const owner = wildcardOwner(entry);
      await http.get(owner === undefined ? `/repos/${entry}` : `/users/${owner}`);
    }
  },
  streams: ({config}) => {
    const next = linkHeader();
    const start = startOf(config);
    const {everyRepository, slices} = openRepositoryStreams(entriesOf(config));
    return [
      everyRepository,
      ...issueStreams(slices, {start}),
      stream({
        name: 'commits',
        schema: commits,
        primaryKey: ['repository_full_name', 'sha'], // forks share commits
        cursor: {field: 'committed_at', start, lookback: BRANCH_LIFE},
        slices,
        read: ({http, slice: {repository}, since}) => {
          const query = {per_page: 100, since: toSeconds(since)};
          // 409: "Git Repository is empty."
          return http.paginate(`/repos/${repository}/commits`, {query, next, emptyOn: [409]});
        },
        map: (record, slice) => ({
          ...inRepository(record, slice),
          committed_at: record.commit?.committer?.date ?? null,
        }),
      }),
      stream({
        name: 'labels',
        schema: labels,
        primaryKey: ['id'],
        slices,
        read: ({http, slice: {repository}}) =>
          http.paginate(`/repos/${repository}/labels`, {query: {per_page: 100}, next}),
        map: inRepository,
      }),
    ];
  },
});
