// Repositories and their labels.
// https://docs.github.com/en/rest/repos/repos#get-a-repository
// https://docs.github.com/en/rest/issues/labels#list-labels-for-a-repository
import {isoSeconds} from 'headwater/fake-api';
import {type Account, API, HTML, nodeId} from './people.ts';
import {seeded} from './random.ts';

const REPOSITORIES = 200;
const LABELS = 201;

export const makeRepository = (seed: number, owner: Account, name: string, id: number) => {
  const faker = seeded(seed, REPOSITORIES, id);
  const full_name = `${owner.login}/${name}`;
  const url = `${API}/repos/${full_name}`;
  const stars = faker.number.int({max: 5000});
  const forks = faker.number.int({max: 500});
  return {
    id,
    node_id: nodeId('Repository', id),
    name,
    full_name,
    private: false,
    owner,
    html_url: `${HTML}/${full_name}`,
    description: faker.company.catchPhrase(),
    fork: false,
    url,
    commits_url: `${url}/commits{/sha}`,
    issues_url: `${url}/issues{/number}`,
    issue_comment_url: `${url}/issues/comments{/number}`,
    labels_url: `${url}/labels{/name}`,
    pulls_url: `${url}/pulls{/number}`,
    clone_url: `${HTML}/${full_name}.git`,
    homepage: null,
    language: faker.helpers.arrayElement(['TypeScript', 'Go', 'Rust', null]),
    size: faker.number.int({max: 90_000}),
    stargazers_count: stars,
    watchers_count: stars,
    forks_count: forks,
    open_issues_count: 0,
    default_branch: 'main',
    topics: faker.helpers.uniqueArray(faker.word.noun, 3),
    has_issues: true,
    has_projects: true,
    has_wiki: true,
    has_pages: false,
    has_downloads: true,
    has_discussions: false,
    archived: false,
    disabled: false,
    visibility: 'public',
    is_template: false,
    allow_forking: true,
    web_commit_signoff_required: false,
    license: {
      key: 'mit',
      name: 'MIT License',
      spdx_id: 'MIT',
      url: `${API}/licenses/mit`,
      node_id: 'MDc6TGljZW5zZTEz',
    },
    permissions: {admin: false, maintain: false, push: false, triage: false, pull: true},
    created_at: isoSeconds(Date.UTC(2020, 0, 1) + id * 3_600_000),
    updated_at: '2024-12-01T00:00:00Z',
    pushed_at: '2024-12-01T00:00:00Z',
    forks,
    open_issues: 0,
    watchers: stars,
  };
};

export type Repository = ReturnType<typeof makeRepository>;

/** The first few labels that GitHub gives each new repository: https://docs.github.com/en/issues/using-labels-and-milestones-to-track-work/managing-labels#about-default-labels */
const DEFAULT_LABELS = [
  ['bug', 'd73a4a', "Something isn't working"],
  ['documentation', '0075ca', 'Improvements or additions to documentation'],
  ['duplicate', 'cfd3d7', 'This issue or pull request already exists'],
  ['enhancement', 'a2eeef', 'New feature or request'],
  ['question', 'd876e3', 'Further information is requested'],
] as const;

const makeLabel = (
  repository: Repository,
  index: number,
  name: string,
  color: string,
  description: string | null,
) => {
  const id = repository.id * 1000 + index;
  return {
    id,
    node_id: nodeId('Label', id),
    url: `${repository.url}/labels/${encodeURIComponent(name)}`,
    name,
    color,
    default: index < DEFAULT_LABELS.length,
    description,
  };
};

/** The labels of every repository, and some of its own up to `count`. */
export const makeLabels = (seed: number, repository: Repository, count: number) =>
  Array.from({length: count}, (_, index) => {
    const [name, color, about] = DEFAULT_LABELS[index] ?? [];
    if (name !== undefined && color !== undefined && about !== undefined) {
      return makeLabel(repository, index, name, color, about);
    }
    const faker = seeded(seed, LABELS, repository.id, index);
    const ownColor = faker.color.rgb({prefix: ''});
    return makeLabel(repository, index, `${faker.word.noun()}-${index}`, ownColor, null);
  });

export type Label = ReturnType<typeof makeLabels>[number];
