// GitHub as the unit tests see it: requests with the headers that it wants.
import {secret} from 'headwater/testing';
import nock from 'nock';

export const API = 'https://api.github.com';
export const config = {token: secret('github'), repositories: ['octocat/hello-world']};
export const api = () =>
  nock(API, {
    reqheaders: {
      authorization: `Bearer ${config.token}`,
      accept: 'application/vnd.github+json',
      'x-github-api-version': '2022-11-28',
      'user-agent': 'headwater',
    },
  });
/** The repository that GitHub has by this name. */
export const repositoryIs = (name: string, id: number, full_name = name) =>
  api().get(`/repos/${name}`).reply(200, {id, full_name});
export const page = (path: string) => ({
  link: `<${API}${path}>; rel="next", <${API}/last>; rel="last"`,
});
