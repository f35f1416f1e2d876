// Accounts: owners of repositories, and their contributors.
// https://docs.github.com/en/rest/users/users#get-a-user
import {seeded} from './random.ts';

/** Records name GitHub's own host, so that they are the same on every port. */
export const API = 'https://api.github.com';
export const HTML = 'https://github.com';

const PEOPLE = 100;

export const nodeId = (kind: string, id: number): string =>
  Buffer.from(`0:${kind}${id}`).toString('base64url');

/** The short form within other records: "Simple User". */
export const makeAccount = (login: string, id: number, type: 'User' | 'Organization' = 'User') => ({
  login,
  id,
  node_id: nodeId(type, id),
  avatar_url: `https://avatars.githubusercontent.com/u/${id}?v=4`,
  gravatar_id: '',
  url: `${API}/users/${login}`,
  html_url: `${HTML}/${login}`,
  repos_url: `${API}/users/${login}/repos`,
  events_url: `${API}/users/${login}/events{/privacy}`,
  type,
  user_view_type: 'public',
  site_admin: false,
});

export type Account = ReturnType<typeof makeAccount>;

/** One of twenty people, by a number. */
export const person = (seed: number, index: number): Account => {
  const number = index % 20;
  const faker = seeded(seed, PEOPLE, number);
  const login = `${faker.internet.username()}-${number}`
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-');
  return makeAccount(login, 1000 + number);
};
