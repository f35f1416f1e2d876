// Commits of the default branch, the newest first, as `git log` prints them; GitHub promises no order.
// https://docs.github.com/en/rest/commits/commits#list-commits
import {isoSeconds} from 'headwater/fake-api';
import {END} from './issues.ts';
import {nodeId, person} from './people.ts';
import {seeded} from './random.ts';
import type {Repository} from './repositories.ts';

const COMMITS = 400;
/** Longer than a reader's lookback of a week for branches that are merged late. */
const BETWEEN = 8 * 24 * 3_600_000;

export const makeCommit = (seed: number, repository: Repository, age: number) => {
  const faker = seeded(seed, COMMITS, repository.id, age);
  const sha = faker.git.commitSha();
  const account = person(seed, faker.number.int(1000));
  const date = isoSeconds(END - age * BETWEEN);
  const signature = {name: account.login, email: `${account.login}@example.com`, date};
  const url = `${repository.url}/commits/${sha}`;
  const tree = faker.git.commitSha();
  return {
    sha,
    node_id: nodeId('Commit', repository.id * 1000 + age),
    commit: {
      author: signature,
      committer: signature,
      message: faker.git.commitMessage(),
      tree: {sha: tree, url: `${repository.url}/git/trees/${tree}`},
      url: `${repository.url}/git/commits/${sha}`,
      comment_count: 0,
      verification: {verified: false, reason: 'unsigned', signature: null, payload: null},
    },
    url,
    html_url: `${repository.html_url}/commit/${sha}`,
    comments_url: `${url}/comments`,
    author: account,
    committer: account,
    parents: [],
  };
};

export type Commit = ReturnType<typeof makeCommit>;
