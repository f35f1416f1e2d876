// Issues and pull requests, their comments and reviews.
// https://docs.github.com/en/rest/issues/issues#list-repository-issues
// https://docs.github.com/en/rest/issues/comments#list-issue-comments-for-a-repository
// https://docs.github.com/en/rest/pulls/reviews#list-reviews-for-a-pull-request
import {isoSeconds} from 'headwater/fake-api';
import {nodeId, person} from './people.ts';
import {seeded} from './random.ts';
import type {Label, Repository} from './repositories.ts';

const ISSUES = 300;
const COMMENTS = 301;
const REVIEWS = 302;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const FIRST = Date.UTC(2024, 0, 1);
/** The time of the last issue's change, which is the last of all. */
export const END = Date.UTC(2024, 10, 30);

const ASSOCIATIONS = ['NONE', 'CONTRIBUTOR', 'MEMBER', 'OWNER'];

const reactions = (url: string) => ({
  url: `${url}/reactions`,
  total_count: 0,
  '+1': 0,
  '-1': 0,
  laugh: 0,
  hooray: 0,
  confused: 0,
  heart: 0,
  rocket: 0,
  eyes: 0,
});

/** A time within `days` of another, rounded to the hour: some are equal, as when a program writes them. */
const later = (faker: ReturnType<typeof seeded>, instant: number, days: number): number =>
  Math.min(instant + faker.number.int({min: 1, max: days * 24}) * HOUR, END - DAY);

/** GitHub's REST API lists pull requests as issues, too. Every fifth issue is one, and the last. */
export const makeIssue = (
  seed: number,
  repository: Repository,
  labels: readonly Label[],
  number: number,
  last: number,
) => {
  const faker = seeded(seed, ISSUES, repository.id, number);
  const id = repository.id * 10_000 + number;
  const isPull = number % 5 === 0 || number === last;
  const url = `${repository.url}/issues/${number}`;
  const html_url = `${repository.html_url}/${isPull ? 'pull' : 'issues'}/${number}`;
  const created = FIRST + number * HOUR;
  const updated = number === last ? END : later(faker, created, 300);
  const isClosed = faker.datatype.boolean(0.4);
  const user = person(seed, faker.number.int(1000));
  return {
    id,
    node_id: nodeId('Issue', id),
    url,
    repository_url: repository.url,
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url,
    number,
    title: faker.hacker.phrase(),
    user,
    labels: faker.helpers.arrayElements(labels, {min: 0, max: 2}),
    state: isClosed ? 'closed' : 'open',
    state_reason: isClosed ? 'completed' : null,
    locked: false,
    active_lock_reason: null,
    assignee: null,
    assignees: [],
    milestone: null,
    comments: 0,
    created_at: isoSeconds(created),
    updated_at: isoSeconds(updated),
    closed_at: isClosed ? isoSeconds(updated) : null,
    author_association: faker.helpers.arrayElement(ASSOCIATIONS),
    body: faker.lorem.paragraph(),
    reactions: reactions(url),
    timeline_url: `${url}/timeline`,
    performed_via_github_app: null,
    ...(isPull && {
      draft: false,
      pull_request: {
        url: `${repository.url}/pulls/${number}`,
        html_url,
        diff_url: `${html_url}.diff`,
        patch_url: `${html_url}.patch`,
        merged_at: null,
      },
    }),
  };
};

export type Issue = ReturnType<typeof makeIssue>;

/** The comment on the last issue changed it last. */
export const makeComment = (seed: number, issue: Issue, index: number) => {
  const faker = seeded(seed, COMMENTS, issue.id, index);
  const id = issue.id * 10 + index;
  const isLast = Date.parse(issue.updated_at) === END;
  const created = isLast ? END : later(faker, Date.parse(issue.created_at), 30);
  return {
    id,
    node_id: nodeId('IssueComment', id),
    url: `${issue.repository_url}/issues/comments/${id}`,
    html_url: `${issue.html_url}#issuecomment-${id}`,
    issue_url: issue.url,
    user: person(seed, faker.number.int(1000)),
    created_at: isoSeconds(created),
    updated_at: isoSeconds(isLast ? END : later(faker, created, 10)),
    author_association: faker.helpers.arrayElement(ASSOCIATIONS),
    body: faker.lorem.sentences(2),
    reactions: reactions(`${issue.repository_url}/issues/comments/${id}`),
    performed_via_github_app: null,
  };
};

export type Comment = ReturnType<typeof makeComment>;

/** In the order of time; the newest is not newer than the last change of its pull request. */
export const makeReviews = (seed: number, issue: Issue, last: number) => {
  const faker = seeded(seed, REVIEWS, issue.id);
  const count = issue.number === last ? 1 : faker.number.int({min: 0, max: 3});
  const updated = Date.parse(issue.updated_at);
  return Array.from({length: count}, (_, index) => {
    const id = issue.id * 10 + index;
    const html_url = `${issue.html_url}#pullrequestreview-${id}`;
    const pull_request_url = `${issue.repository_url}/pulls/${issue.number}`;
    return {
      id,
      node_id: nodeId('PullRequestReview', id),
      user: person(seed, faker.number.int(1000)),
      body: faker.lorem.sentence(),
      state: faker.helpers.arrayElement(['APPROVED', 'CHANGES_REQUESTED', 'COMMENTED']),
      html_url,
      pull_request_url,
      author_association: faker.helpers.arrayElement(ASSOCIATIONS),
      _links: {html: {href: html_url}, pull_request: {href: pull_request_url}},
      submitted_at: isoSeconds(updated - (count - 1 - index) * 1000),
      commit_id: faker.git.commitSha(),
    };
  });
};

export type Review = ReturnType<typeof makeReviews>[number];
