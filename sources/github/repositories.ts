// Which repositories the config means.
import {type HttpClient, linkHeader} from '#cdk';

/** `octo-org` for `octo-org/*`, undefined for the name of one repository. */
export const wildcardOwner = (entry: string): string | undefined =>
  entry.endsWith('/*') ? entry.slice(0, -2) : undefined;

/**
 * The path that lists an owner's repositories. An organization's list has the private ones the token may see;
 * a user's has the public ones only: https://docs.github.com/en/rest/repos/repos#list-repositories-for-a-user
 */
export const listPath = async (http: HttpClient, owner: string): Promise<string> => {
  const {type} = await http.get<{type: string}>(`/users/${owner}`);
  return type === 'Organization' ? `/orgs/${owner}/repos` : `/users/${owner}/repos`;
};

/** Each repository the config names, `owner/*` spelled out. */
export async function* namedRepositories(
  http: HttpClient,
  entries: readonly string[],
): AsyncGenerator<string> {
  for (const entry of entries) {
    const owner = wildcardOwner(entry);
    if (owner === undefined) yield entry;
    else {
      const pages = http.paginate<{full_name: string}>(await listPath(http, owner), {
        query: {per_page: 100, sort: 'full_name'},
        next: linkHeader(),
      });
      for await (const {records} of pages) for (const {full_name} of records) yield full_name;
    }
  }
}
