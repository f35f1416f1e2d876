// Which repositories the config means, and how what is in them is asked for.
import {type HttpClient, linkHeader, page, parent, type Stream, stream} from '#cdk';
import {type Repository, repositories} from './generated/repositories.ts';
import type {Config} from './generated/spec.ts';

/** `octo-org` for `octo-org/*`, undefined for the name of one repository. */
export const wildcardOwner = (entry: string): string | undefined =>
  entry.endsWith('/*') ? entry.slice(0, -2) : undefined;

/**
 * The path that lists an owner's repositories. An organization's list has the private ones the token may see;
 * a user's has the public ones only: https://docs.github.com/en/rest/repos/repos#list-repositories-for-a-user
 */
const listPath = async (http: HttpClient, owner: string): Promise<string> => {
  const {type} = await http.get<{type: string}>(`/users/${owner}`);
  return type === 'Organization' ? `/orgs/${owner}/repos` : `/users/${owner}/repos`;
};

/**
 * Sorted by creation, not by update: a record that is updated while its list is paged would move to the end, and the one
 * behind the page boundary into a page that was read already. No list of GitHub's says where it can be gone on from
 * (`resumable`): it counts pages, and where a record is deleted before the run that goes on, another one slips through.
 */
export const BY_CREATION = {sort: 'created', direction: 'asc', per_page: 100} as const;

export const repositoriesStream = ({repositories: entries}: Config) =>
  stream({
    name: 'repositories',
    schema: repositories,
    primaryKey: ['id'],
    slices: () => entries.map((repository) => ({repository})),
    async *read({http, slice: {repository}}) {
      const owner = wildcardOwner(repository);
      if (owner === undefined) yield page([await http.get(`/repos/${repository}`)]);
      else {
        const next = linkHeader();
        yield* http.paginate(await listPath(http, owner), {query: BY_CREATION, next});
      }
    },
    map: (repository) => ({...repository, temp_clone_token: null}),
  });

/** A slice for each repository. Names are known without a request; what an owner has is listed once, for all streams. */
export const repositorySlices = (
  {repositories: entries}: Config,
  everyRepository: Stream<Repository>,
) =>
  entries.some(wildcardOwner)
    ? parent(everyRepository, ({full_name}) => (full_name ? [{repository: full_name}] : []))
    : () => entries.map((repository) => ({repository}));

export type RepositorySlices = ReturnType<typeof repositorySlices>;

/** Says which repository a record was read from; GitHub does so in a URL at best. */
export const inRepository = <R extends object>(record: R, {repository}: {repository: string}) => ({
  ...record,
  repository_full_name: repository,
});

/** GitHub takes times to the second: https://docs.github.com/en/rest/issues/issues#list-repository-issues */
export const toSeconds = (time: string | number | undefined): string | undefined =>
  time === undefined ? undefined : new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
