import {bearer, ConfigError, defineSource, linkHeader, page, stream} from '#cdk';
import {commits} from './generated/commits.ts';
import {issueComments} from './generated/issue-comments.ts';
import {issues} from './generated/issues.ts';
import {labels} from './generated/labels.ts';
import {repositories} from './generated/repositories.ts';
import {spec} from './generated/spec.ts';
import {listPath, namedRepositories, wildcardOwner} from './repositories.ts';

/** GitHub takes times to the second: https://docs.github.com/en/rest/issues/issues#list-repository-issues */
const toSeconds = (time: string | number | undefined): string | undefined =>
  time === undefined ? undefined : new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');

/** GitHub answers 404 for what a token may not see, too. */
const explain = ({status, url}: {status: number; url: URL}): Error | undefined =>
  status === 404
    ? new ConfigError(
        `GitHub knows nothing at ${url.origin}${url.pathname} (404): the repository or owner does not exist, or the token may not see it. Check "repositories" in the config, and which repositories the token was given.`,
      )
    : undefined;

/** Says which repository a record was read from; GitHub does so in a URL at best. */
const inRepository = <R extends object>(record: R, {repository}: {repository: string}) => ({
  ...record,
  repository_full_name: repository,
});

export const github = defineSource({
  name: 'github',
  spec,
  connect: ({api_url, token}) => ({
    baseUrl: api_url,
    auth: bearer(token),
    headers: {accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28'},
    explain,
  }),
  // Not /user: tokens of GitHub Apps may read repositories, but have no user.
  check: async ({http, config}) => {
    for (const entry of config.repositories) {
      const owner = wildcardOwner(entry);
      await http.get(owner === undefined ? `/repos/${entry}` : `/users/${owner}`);
    }
  },
  streams: ({http, config}) => {
    const next = linkHeader();
    const start = toSeconds(config.start_date);
    const cursor = {field: 'updated_at', start} as const;
    async function* slices() {
      for await (const repository of namedRepositories(http, config.repositories)) {
        yield {repository};
      }
    }
    // Sorted by creation, not by update: a record that is updated while its list is paged would move to the
    // end, and the one behind the page boundary into a page that was read already.
    const byCreation = {sort: 'created', direction: 'asc', per_page: 100} as const;
    return [
      stream({
        name: 'repositories',
        schema: repositories,
        primaryKey: ['id'],
        slices: () => config.repositories.map((repository) => ({repository})),
        async *read({slice: {repository}}) {
          const owner = wildcardOwner(repository);
          if (owner === undefined) yield page([await http.get(`/repos/${repository}`)]);
          else yield* http.paginate(await listPath(http, owner), {query: {per_page: 100}, next});
        },
        map: (repository) => ({...repository, temp_clone_token: null}),
      }),
      stream({
        name: 'issues',
        schema: issues,
        primaryKey: ['id'],
        cursor,
        slices,
        read: ({slice: {repository}, since}) => {
          const query = {...byCreation, state: 'all', since: toSeconds(since)};
          return http.paginate(`/repos/${repository}/issues`, {query, next});
        },
        map: inRepository,
      }),
      stream({
        name: 'issue_comments',
        schema: issueComments,
        primaryKey: ['id'],
        cursor,
        slices,
        read: ({slice: {repository}, since}) => {
          const query = {...byCreation, since: toSeconds(since)};
          return http.paginate(`/repos/${repository}/issues/comments`, {query, next});
        },
        map: inRepository,
      }),
      stream({
        name: 'commits',
        schema: commits,
        primaryKey: ['repository_full_name', 'sha'], // forks share commits
        cursor: {field: 'committed_at', start},
        slices,
        read: ({slice: {repository}, since}) => {
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
        read: ({slice: {repository}}) =>
          http.paginate(`/repos/${repository}/labels`, {query: {per_page: 100}, next}),
        map: inRepository,
      }),
    ];
  },
});
