// The part of GitHub's REST API that source github reads. The page of the documentation is next to each rule.
import {
  type Api,
  cutShort,
  everyNth,
  type FakeRequest,
  type FakeResponse,
  type Switches,
  shuffled,
} from 'headwater/fake-api';
import {badCredentials, emptyRepository, notFound, noUserAgent, serverError} from './errors.ts';
import {limited, throttle} from './limits.ts';
import {pageResponse, since, sorted} from './lists.ts';
import {type Contents, makeWorld, type World} from './world.ts';

/** The only token that this GitHub accepts by default. */
const FAKE_TOKEN = 'github_pat_fake';

export interface GithubSwitches extends Switches {
  /** The token that is accepted. */
  readonly token?: string;
  /** Requests an hour, before the primary rate limit. */
  readonly quota?: number;
}

interface Shared {
  readonly world: World;
  readonly switches: GithubSwitches;
  /** The items of a page in a different order each time, with --reorder. Pages keep their items, so that none is lost. */
  readonly unordered: <T>(items: readonly T[]) => readonly T[];
}

type List = (
  contents: Contents,
  request: FakeRequest,
  path: string,
  shared: Shared,
) => FakeResponse;

const isResponse = (value: object): value is FakeResponse => 'status' in value;

/** `state` is open by default: https://docs.github.com/en/rest/issues/issues#list-repository-issues */
const listIssues: List = ({issues}, request, path, {world, switches}) => {
  const changed = since(request.url, issues, ({updated_at}) => updated_at);
  if (isResponse(changed)) return changed;
  const state = request.url.searchParams.get('state') ?? 'open';
  const wanted = changed.filter((issue) => state === 'all' || issue.state === state);
  const response = pageResponse(request, path, sorted(request.url, wanted));
  if (switches.update) world.touch(issues);
  return response;
};

/**
 * Sorted by id by default; `direction` is used only with `sort`.
 * https://docs.github.com/en/rest/issues/comments#list-issue-comments-for-a-repository
 */
const listComments: List = ({comments}, request, path, {world, switches}) => {
  const changed = since(request.url, comments, ({updated_at}) => updated_at);
  if (isResponse(changed)) return changed;
  const isSorted = request.url.searchParams.has('sort');
  const inOrder = isSorted ? sorted(request.url, changed) : changed.toSorted((a, b) => a.id - b.id);
  const response = pageResponse(request, path, inOrder);
  if (switches.update) world.touch(comments);
  return response;
};

/** Filtered by the committer's date; 409 without commits: https://docs.github.com/en/rest/commits/commits#list-commits */
const listCommits: List = ({commits}, request, path, {unordered}) => {
  if (commits.length === 0) return emptyRepository();
  const changed = since(request.url, commits, ({commit}) => commit.committer.date);
  return isResponse(changed) ? changed : pageResponse(request, path, changed, unordered);
};

/** No order is promised: https://docs.github.com/en/rest/issues/labels#list-labels-for-a-repository */
const listLabels: List = ({labels}, request, path, {unordered}) =>
  pageResponse(request, path, labels, unordered);

/** "In chronological order": https://docs.github.com/en/rest/pulls/reviews#list-reviews-for-a-pull-request */
const listReviews: List = ({reviews}, request, path) => {
  const number = Number(/\/pulls\/(\d+)\//.exec(path)?.[1]);
  const found = reviews.get(number);
  return found === undefined ? notFound() : pageResponse(request, path, found);
};

const LISTS: readonly (readonly [RegExp, List])[] = [
  [/^\/issues$/, listIssues],
  [/^\/issues\/comments$/, listComments],
  [/^\/commits$/, listCommits],
  [/^\/labels$/, listLabels],
  [/^\/pulls\/\d+\/reviews$/, listReviews],
  [/^$/, ({repository}) => ({status: 200, body: repository})],
];

const inRepository = (
  contents: Contents | undefined,
  rest: string,
  request: FakeRequest,
  shared: Shared,
): FakeResponse => {
  const [, list] = LISTS.find(([pattern]) => pattern.test(rest)) ?? [];
  if (contents === undefined || list === undefined) return notFound();
  return list(contents, request, `/repositories/${contents.repository.id}${rest}`, shared);
};

/**
 * By default an organization's list is sorted by creation, a user's by name; `direction` is asc for names.
 * https://docs.github.com/en/rest/repos/repos#list-organization-repositories
 * https://docs.github.com/en/rest/repos/repos#list-repositories-for-a-user
 */
const listRepositories = (
  request: FakeRequest,
  kind: string,
  owner: string,
  {world}: Shared,
): FakeResponse => {
  const account = world.owners.find(({login, id}) => owner === login || owner === String(id));
  if (account === undefined) return notFound();
  const isOrganization = account.type === 'Organization';
  if (!isOrganization && kind.startsWith('org')) return notFound();
  const own = world.repositories
    .map(({repository}) => repository)
    .filter((repository) => repository.owner.id === account.id);
  const sort = request.url.searchParams.get('sort') ?? (isOrganization ? 'created' : 'full_name');
  const direction = sort === 'full_name' ? 'asc' : 'desc';
  const path = `/${isOrganization ? 'organizations' : 'user'}/${account.id}/repos`;
  return pageResponse(request, path, sorted(request.url, own, {sort, direction}));
};

const route = (request: FakeRequest, shared: Shared): FakeResponse => {
  const {pathname} = request.url;
  if (request.method !== 'GET') return notFound();
  const {world} = shared;
  const [, owner, name, rest = ''] = /^\/repos\/([^/]+)\/([^/]+)(\/.*)?$/.exec(pathname) ?? [];
  if (owner !== undefined) {
    // Names of owners and repositories are case-insensitive.
    const full = `${owner}/${name}`.toLowerCase();
    const found = world.repositories.find(({repository}) => repository.full_name === full);
    return inRepository(found, rest, request, shared);
  }
  const [, id, restOfId = ''] = /^\/repositories\/(\d+)(\/.*)?$/.exec(pathname) ?? [];
  if (id !== undefined) {
    const found = world.repositories.find(({repository}) => repository.id === Number(id));
    return inRepository(found, restOfId, request, shared);
  }
  const [, kind = '', of] =
    /^\/(orgs|organizations|users|user)\/([^/]+)\/repos$/.exec(pathname) ?? [];
  if (of !== undefined) return listRepositories(request, kind, of, shared);
  const [, login] = /^\/users\/([^/]+)$/.exec(pathname) ?? [];
  const account = world.owners.find((one) => one.login === login);
  return account === undefined ? notFound() : {status: 200, body: account};
};

/** Bearer or token: https://docs.github.com/en/rest/authentication/authenticating-to-the-rest-api#about-authentication */
const withTokenOf =
  (token: string, api: Api): Api =>
  (request) => {
    if (request.headers['user-agent'] === undefined) return noUserAgent();
    const [, given] = /^(?:bearer|token) (.*)$/i.exec(request.headers.authorization ?? '') ?? [];
    return given === token ? api(request) : badCredentials();
  };

/** A new GitHub. Readers of the same server share its changes. */
export const openGithub = (switches: GithubSwitches): Api => {
  const world = makeWorld(switches.seed);
  let orders = 0;
  const unordered = <T>(items: readonly T[]): readonly T[] => {
    if (!switches.reorder) return items;
    orders += 1;
    return shuffled(items, switches.seed, orders);
  };
  const shared = {world, switches, unordered};
  const routes = withTokenOf(switches.token ?? FAKE_TOKEN, (request) => route(request, shared));
  const unsteady = everyNth(switches.cut, cutShort, everyNth(switches.fail, serverError, routes));
  return limited(switches.quota, throttle(switches.throttle, unsteady));
};
