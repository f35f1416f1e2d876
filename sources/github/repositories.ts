// The repositories of the config, and what their lists have in common.
import {
  ConfigError,
  type HttpClient,
  linkHeader,
  page,
  parent,
  type Stream,
  stream,
} from 'headwater';
import {type Repository, repositories} from './generated/repositories.ts';
import type {Config} from './generated/spec.ts';

/** Returns `octo-org` for `octo-org/*`, and undefined for a single repository. */
export const wildcardOwner = (entry: string): string | undefined =>
  entry.endsWith('/*') ? entry.slice(0, -2) : undefined;

/** Each entry once: GitHub ignores the case of names, so two spellings are one repository. The first spelling counts. */
export const entriesOf = ({repositories: entries}: Config): readonly string[] => {
  const names = entries.map((entry) => entry.toLowerCase());
  return entries.filter((_entry, index) => names.indexOf(names[index] ?? '') === index);
};

/**
 * The path that lists an owner's repositories. An organization's list has the private ones that the token may see, a
 * user's only public ones: https://docs.github.com/en/rest/repos/repos#list-repositories-for-a-user
 */
const listPath = async (http: HttpClient, owner: string): Promise<string> => {
  const {type} = await http.get<{type: string}>(`/users/${owner}`);
  return type === 'Organization' ? `/orgs/${owner}/repos` : `/users/${owner}/repos`;
};

/**
 * Sorted by creation, not by update: a record that is updated during a read would move to the end, and the one after the
 * page boundary into a page that was already read. The lists are not `resumable`: GitHub counts pages, so a record that is
 * deleted before the run resumes would make it miss another one.
 */
export const BY_CREATION = {sort: 'created', direction: 'asc', per_page: 100} as const;

export const repositoriesStream = (entries: readonly string[]) =>
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

/** A slice for each repository. A name needs no request; an owner's repositories are listed once for all streams. */
export const repositorySlices = (
  entries: readonly string[],
  everyRepository: Stream<Repository>,
) =>
  entries.some(wildcardOwner)
    ? parent(everyRepository, ({full_name}) => (full_name ? [{repository: full_name}] : []))
    : () => entries.map((repository) => ({repository}));

export type RepositorySlices = ReturnType<typeof repositorySlices>;

/** Adds the name of the repository, which GitHub's records have only inside URLs, if at all. */
export const inRepository = <R extends object>(record: R, {repository}: {repository: string}) => ({
  ...record,
  repository_full_name: repository,
});

/** GitHub takes times in whole seconds: https://docs.github.com/en/rest/issues/issues#list-repository-issues */
export const toSeconds = (time: string | number | undefined): string | undefined =>
  time === undefined ? undefined : new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');

/** @throws a ConfigError for a day or a time that does not exist, which JavaScript would move to the next one */
export const startOf = ({start_date: start}: Config): string | undefined => {
  if (start === undefined) return undefined;
  const time = new Date(start);
  if (!Number.isNaN(time.getTime()) && time.toISOString().startsWith(start.replace(/Z$/, ''))) {
    return toSeconds(start);
  }
  throw new ConfigError(
    `The start date ${start} does not exist in the calendar. Correct "start_date" in the config, such as 2024-01-01.`,
  );
};
