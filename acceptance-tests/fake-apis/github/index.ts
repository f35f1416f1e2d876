// What source github reads of GitHub's REST API, by the vendor's documentation: the page stands next to each rule.
import {type Answer, type Api, type Ask, cutShort, everyNth} from '../api.ts';
import type {Switches} from '../program.ts';
import {shuffled} from '../random.ts';
import {badCredentials, emptyRepository, notFound, noUserAgent, serverError} from './errors.ts';
import {limited, throttle} from './limits.ts';
import {answerPage, since, sorted} from './lists.ts';
import {type Contents, makeWorld, type World} from './world.ts';

/** The only token that this GitHub knows, unless `openGithub` is told another. */
const FAKE_TOKEN = 'github_pat_fake';

export interface GithubSwitches extends Switches {
  /** The token that is taken. */
  readonly token?: string;
  /** Requests an hour; then there is the primary rate limit. */
  readonly quota?: number;
}

interface Lent {
  readonly world: World;
  readonly switches: GithubSwitches;
  /** The items of a page in another order each time, if the switch is on. Pages keep their items, or some would be lost. */
  readonly unordered: <T>(items: readonly T[]) => readonly T[];
}

type List = (contents: Contents, ask: Ask, path: string, lent: Lent) => Answer;

const isAnswer = (value: object): value is Answer => 'status' in value;

/** `state` is open unless told: https://docs.github.com/en/rest/issues/issues#list-repository-issues */
const listIssues: List = ({issues}, ask, path, {world, switches}) => {
  const changed = since(ask.url, issues, ({updated_at}) => updated_at);
  if (isAnswer(changed)) return changed;
  const state = ask.url.searchParams.get('state') ?? 'open';
  const wanted = changed.filter((issue) => state === 'all' || issue.state === state);
  const answer = answerPage(ask, path, sorted(ask.url, wanted));
  if (switches.update) world.touch(issues);
  return answer;
};

/**
 * By id unless told; `direction` counts with `sort` only.
 * https://docs.github.com/en/rest/issues/comments#list-issue-comments-for-a-repository
 */
const listComments: List = ({comments}, ask, path, {world, switches}) => {
  const changed = since(ask.url, comments, ({updated_at}) => updated_at);
  if (isAnswer(changed)) return changed;
  const isSorted = ask.url.searchParams.has('sort');
  const inOrder = isSorted ? sorted(ask.url, changed) : changed.toSorted((a, b) => a.id - b.id);
  const answer = answerPage(ask, path, inOrder);
  if (switches.update) world.touch(comments);
  return answer;
};

/** By the committer's date; 409 where there is no commit: https://docs.github.com/en/rest/commits/commits#list-commits */
const listCommits: List = ({commits}, ask, path, {unordered}) => {
  if (commits.length === 0) return emptyRepository();
  const changed = since(ask.url, commits, ({commit}) => commit.committer.date);
  return isAnswer(changed) ? changed : answerPage(ask, path, changed, unordered);
};

/** No order is promised: https://docs.github.com/en/rest/issues/labels#list-labels-for-a-repository */
const listLabels: List = ({labels}, ask, path, {unordered}) =>
  answerPage(ask, path, labels, unordered);

/** "In chronological order": https://docs.github.com/en/rest/pulls/reviews#list-reviews-for-a-pull-request */
const listReviews: List = ({reviews}, ask, path) => {
  const number = Number(/\/pulls\/(\d+)\//.exec(path)?.[1]);
  const found = reviews.get(number);
  return found === undefined ? notFound() : answerPage(ask, path, found);
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
  ask: Ask,
  lent: Lent,
): Answer => {
  const [, list] = LISTS.find(([pattern]) => pattern.test(rest)) ?? [];
  if (contents === undefined || list === undefined) return notFound();
  return list(contents, ask, `/repositories/${contents.repository.id}${rest}`, lent);
};

/**
 * An organization's list is sorted by creation unless told, a user's by name; `direction` is asc with names.
 * https://docs.github.com/en/rest/repos/repos#list-organization-repositories
 * https://docs.github.com/en/rest/repos/repos#list-repositories-for-a-user
 */
const listRepositories = (ask: Ask, kind: string, owner: string, {world}: Lent): Answer => {
  const account = world.owners.find(({login, id}) => owner === login || owner === String(id));
  if (account === undefined) return notFound();
  const isOrganization = account.type === 'Organization';
  if (!isOrganization && kind.startsWith('org')) return notFound();
  const own = world.repositories
    .map(({repository}) => repository)
    .filter((repository) => repository.owner.id === account.id);
  const sort = ask.url.searchParams.get('sort') ?? (isOrganization ? 'created' : 'full_name');
  const direction = sort === 'full_name' ? 'asc' : 'desc';
  const path = `/${isOrganization ? 'organizations' : 'user'}/${account.id}/repos`;
  return answerPage(ask, path, sorted(ask.url, own, {sort, direction}));
};

const route = (ask: Ask, lent: Lent): Answer => {
  const {pathname} = ask.url;
  if (ask.method !== 'GET') return notFound();
  const {world} = lent;
  const [, owner, name, rest = ''] = /^\/repos\/([^/]+)\/([^/]+)(\/.*)?$/.exec(pathname) ?? [];
  if (owner !== undefined) {
    // Names of owners and repositories are the same in any case.
    const full = `${owner}/${name}`.toLowerCase();
    const found = world.repositories.find(({repository}) => repository.full_name === full);
    return inRepository(found, rest, ask, lent);
  }
  const [, id, restOfId = ''] = /^\/repositories\/(\d+)(\/.*)?$/.exec(pathname) ?? [];
  if (id !== undefined) {
    const found = world.repositories.find(({repository}) => repository.id === Number(id));
    return inRepository(found, restOfId, ask, lent);
  }
  const [, kind = '', of] =
    /^\/(orgs|organizations|users|user)\/([^/]+)\/repos$/.exec(pathname) ?? [];
  if (of !== undefined) return listRepositories(ask, kind, of, lent);
  const [, login] = /^\/users\/([^/]+)$/.exec(pathname) ?? [];
  const account = world.owners.find((one) => one.login === login);
  return account === undefined ? notFound() : {status: 200, body: account};
};

/** Bearer or token: https://docs.github.com/en/rest/authentication/authenticating-to-the-rest-api#about-authentication */
const withTokenOf =
  (token: string, api: Api): Api =>
  (ask) => {
    if (ask.headers['user-agent'] === undefined) return noUserAgent();
    const [, given] = /^(?:bearer|token) (.*)$/i.exec(ask.headers.authorization ?? '') ?? [];
    return given === token ? api(ask) : badCredentials();
  };

/** A GitHub of its own: what one reader changes, another of the same server sees. */
export const openGithub = (switches: GithubSwitches): Api => {
  const world = makeWorld(switches.seed);
  let orders = 0;
  const unordered = <T>(items: readonly T[]): readonly T[] => {
    if (!switches.reorder) return items;
    orders += 1;
    return shuffled(items, switches.seed, orders);
  };
  const lent = {world, switches, unordered};
  const routes = withTokenOf(switches.token ?? FAKE_TOKEN, (ask) => route(ask, lent));
  const unsteady = everyNth(switches.cut, cutShort, everyNth(switches.fail, serverError, routes));
  return limited(switches.quota, throttle(switches.throttle, unsteady));
};
