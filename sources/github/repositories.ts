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

/** Each entry once, by its first spelling: GitHub ignores the case of names, and `.git` is only in the URLs of clones. */
export const entriesOf = ({repositories: entries}: Config): readonly string[] => {
  const names = entries.map((entry) => entry.replace(/\.git$/i, ''));
  return [...Map.groupBy(names, (name) => name.toLowerCase()).values()].flatMap(
    ([first]) => first ?? [],
  );
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

/** Requests each repository of the config once per command, for all streams. */
const openRepositories = () => {
  const requested = new Map<string, Promise<Repository>>();
  return (http: HttpClient, name: string): Promise<Repository> => {
    const request = requested.get(name) ?? http.get<Repository>(`/repos/${name}`);
    requested.set(name, request);
    return request;
  };
};

/** True for the first record of each repository. Two entries may mean one: an owner and a name, or an old name and a new one. */
const openFirst = () => {
  const ids = new Set<number>();
  return ({id}: Pick<Partial<Repository>, 'id'>): boolean => {
    if (id === undefined || id === null) return true;
    const isFirst = !ids.has(id);
    ids.add(id);
    return isFirst;
  };
};

const repositoriesStream = (
  entries: readonly string[],
  repositoryOf: ReturnType<typeof openRepositories>,
) => {
  const isFirst = openFirst();
  return stream({
    name: 'repositories',
    schema: repositories,
    primaryKey: ['id'],
    slices: () => entries.map((repository) => ({repository})),
    async *read({http, slice: {repository}}) {
      const owner = wildcardOwner(repository);
      if (owner === undefined) {
        yield page([await repositoryOf(http, repository)].filter(isFirst));
        return;
      }
      const options = {query: BY_CREATION, next: linkHeader()};
      for await (const list of http.paginate<Repository>(await listPath(http, owner), options)) {
        yield {...list, records: list.records.filter(isFirst)};
      }
    },
    map: (repository) => ({...repository, temp_clone_token: null}),
  });
};

/** A slice for each repository. The only name of a config needs no request; an owner's repositories are listed once for all streams. */
const repositorySlices = (
  entries: readonly string[],
  everyRepository: Stream<Repository>,
  repositoryOf: ReturnType<typeof openRepositories>,
) => {
  if (entries.some(wildcardOwner)) {
    return parent(everyRepository, ({full_name}) => (full_name ? [{repository: full_name}] : []));
  }
  return async function* ({http}: {readonly http: HttpClient}) {
    const isFirst = openFirst();
    for (const repository of entries) {
      // A name that cannot be requested fails with its own slice, and not the others with it.
      const known =
        entries.length === 1 ? {} : await repositoryOf(http, repository).catch(() => ({}));
      if (isFirst(known)) yield {repository};
    }
  };
};

/** The stream of all repositories, and the slices of the others: each repository once, however the config names it. */
export const openRepositoryStreams = (entries: readonly string[]) => {
  const repositoryOf = openRepositories();
  const everyRepository = repositoriesStream(entries, repositoryOf);
  return {everyRepository, slices: repositorySlices(entries, everyRepository, repositoryOf)};
};

export type RepositorySlices = ReturnType<typeof openRepositoryStreams>['slices'];

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
