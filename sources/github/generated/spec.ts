// From ../spec.json by `npm run generate`.
import type {Spec} from 'headwater';
import json from '../spec.json' with {type: 'json'};

/**
 * A fine-grained or classic token that may read the repositories. Fine-grained: read access to Contents, Issues, Pull requests and Metadata. Classic: the scope repo, or public_repo for public ones.
 */
export type PersonalAccessToken = string;
/**
 * owner/name for one repository, owner/* for all repositories of an organization, or all public ones of a user.
 *
 * @minItems 1
 */
export type Repositories = [string, ...string[]];
/**
 * The first sync reads issues, comments and commits that changed at or after this time (UTC), and the reviews of pull requests that did. Without it, all of them.
 */
export type StartDate = string;
/**
 * For GitHub Enterprise Server: https://HOSTNAME/api/v3.
 */
export type APIURL = string;
/**
 * How many lists are read at once. 1 reads one after another. Without it, up to ten.
 */
export type Concurrency = number;

export interface Config {
  token: PersonalAccessToken;
  repositories: Repositories;
  start_date?: StartDate;
  api_url: APIURL;
  concurrency?: Concurrency;
}

export const spec: Spec<Config> = json;
