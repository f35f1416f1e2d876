// All data of this GitHub: an organization with three repositories, one of them empty, and a user with one.
import {isoSeconds} from 'headwater/fake-api';
import {type Commit, makeCommit} from './commits.ts';
import {
  type Comment,
  END,
  type Issue,
  makeComment,
  makeIssue,
  makeReviews,
  type Review,
} from './issues.ts';
import {type Account, makeAccount} from './people.ts';
import {seeded} from './random.ts';
import {type Label, makeLabels, makeRepository, type Repository} from './repositories.ts';

export interface Contents {
  readonly repository: Repository;
  readonly labels: readonly Label[];
  /** Sorted by creation, like the comments; changed ones are replaced. */
  readonly issues: Issue[];
  readonly comments: Comment[];
  readonly reviews: ReadonlyMap<number, readonly Review[]>;
  readonly commits: readonly Commit[];
}

interface Changing {
  readonly body: string;
  readonly updated_at: string;
}

export interface World {
  readonly owners: readonly Account[];
  readonly repositories: readonly Contents[];
  /** Changes an issue or a comment; its time is then after all others. */
  readonly touch: <T extends Changing>(records: T[]) => void;
}

interface Size {
  readonly issues: number;
  readonly labels: number;
  readonly commits: number;
}

const SIZES: Readonly<Record<string, Size>> = {
  // More than one page of issues and of comments at GitHub's largest page size.
  'octocat/hello-world': {issues: 130, labels: 12, commits: 30},
  'octo-org/one': {issues: 25, labels: 8, commits: 110},
  'octo-org/two': {issues: 10, labels: 105, commits: 5},
};
const EMPTY: Size = {issues: 0, labels: 0, commits: 0};

const fill = (seed: number, repository: Repository): Contents => {
  const size = SIZES[repository.full_name] ?? EMPTY;
  const labels = makeLabels(seed, repository, size.labels);
  const issues = Array.from({length: size.issues}, (_, index) =>
    makeIssue(seed, repository, labels, index + 1, size.issues),
  );
  const comments = issues.flatMap((issue) =>
    Array.from({length: issue.number % 3}, (_, index) => makeComment(seed, issue, index)),
  );
  const reviews = issues
    .filter((issue) => issue.pull_request !== undefined)
    .map((issue) => [issue.number, makeReviews(seed, issue, size.issues)] as const);
  const commits = Array.from({length: size.commits}, (_, age) => makeCommit(seed, repository, age));
  return {
    repository,
    labels,
    issues,
    comments: comments.sort((a, b) => a.created_at.localeCompare(b.created_at) || a.id - b.id),
    reviews: new Map(reviews),
    commits,
  };
};

const TOUCHES = 500;

export const makeWorld = (seed: number): World => {
  const octocat = makeAccount('octocat', 583_231);
  const organization = makeAccount('octo-org', 9919, 'Organization');
  const repositories = [
    makeRepository(seed, octocat, 'hello-world', 1000),
    makeRepository(seed, organization, 'one', 2001),
    makeRepository(seed, organization, 'two', 2002),
    makeRepository(seed, organization, 'empty', 2003),
  ];
  let touches = 0;
  return {
    owners: [octocat, organization],
    repositories: repositories.map((repository) => fill(seed, repository)),
    touch: (records) => {
      touches += 1;
      const index = seeded(seed, TOUCHES, touches).number.int(Math.max(0, records.length - 1));
      const record = records[index];
      if (record === undefined) return;
      const body = `Changed ${touches} times: ${record.body}`;
      records[index] = {...record, body, updated_at: isoSeconds(END + touches * 1000)};
    },
  };
};
