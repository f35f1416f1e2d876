// Issues, their comments, and reviews of pull requests. GitHub lists pull requests among the issues.
import {linkHeader, parent, stream} from 'headwater';
import {issueComments} from './generated/issue-comments.ts';
import {type Issue, issues} from './generated/issues.ts';
import {reviews} from './generated/reviews.ts';
import {BY_CREATION, inRepository, type RepositorySlices, toSeconds} from './repositories.ts';

const pullRequestOf = ({pull_request, repository_full_name, number}: Issue) =>
  pull_request && repository_full_name && number
    ? [{repository: repository_full_name, number}]
    : [];

export const issueStreams = (
  slices: RepositorySlices,
  {start}: {readonly start: string | undefined},
) => {
  const next = linkHeader();
  const cursor = {field: 'updated_at', start} as const;
  const everyIssue = stream({
    name: 'issues',
    schema: issues,
    primaryKey: ['id'],
    cursor,
    slices,
    read: ({http, slice: {repository}, since}) => {
      const query = {...BY_CREATION, state: 'all', since: toSeconds(since)};
      return http.paginate(`/repos/${repository}/issues`, {query, next});
    },
    map: inRepository,
  });
  return [
    everyIssue,
    stream({
      name: 'issue_comments',
      schema: issueComments,
      primaryKey: ['id'],
      cursor,
      slices,
      read: ({http, slice: {repository}, since}) => {
        const query = {...BY_CREATION, since: toSeconds(since)};
        return http.paginate(`/repos/${repository}/issues/comments`, {query, next});
      },
      map: inRepository,
    }),
    stream({
      name: 'reviews',
      schema: reviews,
      primaryKey: ['id'],
      cursor: {field: 'submitted_at'},
      // They cannot be filtered by time: https://docs.github.com/en/rest/pulls/reviews#list-reviews-for-a-pull-request
      // But a review updates its pull request. GitHub does not document it; Airbyte's connector relies on it, too:
      // https://github.com/airbytehq/airbyte/pull/11623
      slices: parent(everyIssue, pullRequestOf, {incremental: true}),
      read: ({http, slice: {repository, number}}) => {
        const path = `/repos/${repository}/pulls/${number}/reviews`;
        return http.paginate(path, {query: {per_page: 100}, next});
      },
      map: inRepository,
    }),
  ];
};
