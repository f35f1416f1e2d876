// Recognizes the paging of an API from a single page.
import {isNone, isObject, type JsonObject, valueAt} from '../../json/values.ts';
import type {HttpRequest} from '../types.ts';
import {
  CONTAINERS,
  LAST,
  MORE,
  NEXT,
  OFFSETS,
  PAGE_COUNT_HEADERS,
  PAGE_COUNTS,
  PAGE_NUMBERS,
  PAGE_PARAMETERS,
  TOKEN_HEADERS,
  TOKENS,
  TOKENS_IN_NEXT,
  TOTALS,
  URLS,
  URLS_IN_NEXT,
} from './auto-names.ts';
import {cursorIn} from './cursor-in.ts';
import {countAt, type FieldLocation, valueAtLocation} from './field-location.ts';
import {lastId} from './last-id.ts';
import {hasLink, linkHeader} from './link-header.ts';
import {nextUrl} from './next-url.ts';
import type {FetchedPage, Step} from './paginator.ts';
import {type Target, targetStep, valueAtTarget} from './target.ts';

export type Verdict = {
  /** Undefined at the end. */
  readonly step?: Step | undefined;
  /** The API counts its records or pages: the count decides the end. */
  readonly counted?: true;
  /** Why the list may continue all the same. */
  readonly incompleteReason?: string;
};

type To = Target | undefined;

/** Recognizes one way of paging; undefined if the page shows no sign of it. */
type Sign = (page: FetchedPage, to: To) => Verdict | undefined;

const END: Verdict = {};
const COUNTED_END: Verdict = {counted: true};

const pathInContainer = (container: string, name: string): string =>
  container === '' ? name : `${container}.${name}`;

/** The first result of `pick` for a name in any container of the envelope. */
const firstOf = <T>(
  names: readonly string[],
  pick: (path: string, name: string, container: string) => T | undefined,
): T | undefined => {
  for (const container of CONTAINERS) {
    for (const name of names) {
      const found = pick(pathInContainer(container, name), name, container);
      if (found !== undefined) return found;
    }
  }
  return undefined;
};

export const countOf = (page: FetchedPage, names: readonly string[]): number | undefined =>
  firstOf(names, (path) => countAt(page, path));

/** A target in the body of the request, or in the query if it has no body. */
const targetNamed = ({json, form}: HttpRequest, name: string): Target => {
  if (json !== undefined) return {json: name};
  return form === undefined ? name : {form: name};
};

const isMissing = (value: unknown): boolean => value === undefined || value === null;

/** The author's target, else the first name that the request already has, else the first name. */
const targetOf = (request: HttpRequest, names: readonly string[], to: To): Target => {
  if (to !== undefined) return to;
  const name =
    names.find((one) => !isMissing(valueAtTarget(request, targetNamed(request, one)))) ??
    names[0] ??
    'cursor';
  return targetNamed(request, name);
};

const byLink: Sign = (page) => {
  const step = linkHeader().next(page);
  return step && {step};
};

export const moreOf = (page: FetchedPage): boolean | undefined =>
  firstOf([...MORE, ...LAST], (path, name) => {
    const flag = valueAt(page.json, path);
    if (typeof flag !== 'boolean') return undefined;
    return LAST.includes(name) ? !flag : flag;
  });

const byEndFlag: Sign = (page) => (moreOf(page) === false ? END : undefined);

/** A relative URL counts only in a field that may hold one: a token in base64 may begin with a slash too. */
const isUrl = (value: unknown, names: readonly string[]): boolean =>
  typeof value === 'string' &&
  (/^https?:\/\//i.test(value) ||
    (NEXT.some((name) => names === TOKENS[name]) && /^[/?]/.test(value)));

const isScalar = (value: unknown): value is string | number =>
  (typeof value === 'string' && value !== '') || typeof value === 'number';

/** The step for the value at a location: a URL, or a token for one of these parameters. */
const stepBy = (
  page: FetchedPage,
  location: FieldLocation,
  {names, to}: {readonly names: readonly string[]; readonly to: To},
): Step | undefined =>
  isUrl(valueAtLocation(page, location), names)
    ? nextUrl(location).next(page)
    : cursorIn(location, targetOf(page.request, names, to)).next(page);

const RELATIONS = ['links', 'link', '_links'];

/** Of a list of links: `[{rel: 'next', href: '…'}]` at PayPal, `{relation, url}` in FHIR. */
const relationsAt = ({json}: FetchedPage, path: string): readonly unknown[] => {
  const links = valueAt(json, path);
  return (Array.isArray(links) ? links : []).map(
    (link) => valueAt(link, 'rel') ?? valueAt(link, 'relation'),
  );
};

const byLinkList: Sign = (page) => {
  for (const path of RELATIONS) {
    const next = relationsAt(page, path).indexOf('next');
    if (next < 0) continue;
    const name = valueAt(page.json, `${path}.${next}.href`) === undefined ? 'url' : 'href';
    return {step: nextUrl(`${path}.${next}.${name}`).next(page)};
  }
  return undefined;
};

/** The step for an object named next: `{href}`, `{link, after}`. */
const inNext = (page: FetchedPage, path: string, to: To): Step | undefined => {
  const url = URLS_IN_NEXT.find((name) => !isNone(valueAt(page.json, `${path}.${name}`)));
  if (url !== undefined) return nextUrl(`${path}.${url}`).next(page);
  const token = TOKENS_IN_NEXT.find((name) => isScalar(valueAt(page.json, `${path}.${name}`)));
  return token === undefined
    ? undefined
    : cursorIn(`${path}.${token}`, targetOf(page.request, [token], to)).next(page);
};

const byUrl = (page: FetchedPage, path: string): Verdict | undefined => {
  const value = valueAt(page.json, path);
  if (value === undefined) return undefined;
  return isNone(value) ? END : {step: nextUrl(path).next(page)};
};

const byToken = (page: FetchedPage, path: string, name: string, to: To): Verdict | undefined => {
  const value = valueAt(page.json, path);
  if (NEXT.includes(name) && isObject(value)) {
    const step = inNext(page, path, to);
    return step && {step};
  }
  // Airtable's offset is a token. Elsewhere it is a number: the offset of this page, not of the next one.
  if (OFFSETS.includes(name) && (typeof value !== 'string' || /^\d*$/.test(value)))
    return undefined;
  if (value === undefined || (!isNone(value) && !isScalar(value))) return undefined;
  if (isNone(value)) return END;
  const isPage = typeof value === 'number' && NEXT.includes(name);
  const names = isPage ? PAGE_PARAMETERS : (TOKENS[name] ?? []);
  return {step: stepBy(page, path, {names, to})};
};

const byHeader = (page: FetchedPage, header: string, to: To): Verdict | undefined => {
  const value = page.response.headers[header];
  if (value === undefined) return undefined;
  return isNone(value)
    ? END
    : {step: stepBy(page, {header}, {names: TOKEN_HEADERS[header] ?? [], to})};
};

/** The first step that the response names; the end if it has such fields, but all are empty. */
const byNext: Sign = (page, to) => {
  const found: Verdict[] = [];
  const note = (verdict: Verdict | undefined): Verdict | undefined => {
    if (verdict !== undefined) found.push(verdict);
    return verdict?.step && verdict;
  };
  const next =
    firstOf(URLS, (path) => note(byUrl(page, path))) ??
    firstOf([...NEXT, ...Object.keys(TOKENS)], (path, name) =>
      note(byToken(page, path, name, to)),
    ) ??
    Object.keys(TOKEN_HEADERS)
      .map((header) => note(byHeader(page, header, to)))
      .find(Boolean);
  if (next !== undefined) return next;
  return found.length > 0 && moreOf(page) !== true ? END : undefined;
};

const OTHER_LINKS = ['prev', 'previous', 'first', 'last'];

const hasOther = (links: JsonObject): boolean =>
  [...OTHER_LINKS, 'cursors'].some((name) => Object.hasOwn(links, name));

/** Links to other pages, but none to the next one: the Link header, link lists, JSON:API, HAL, Facebook. */
const byOtherLinks: Sign = (page) => {
  const others =
    hasLink(page.response, ...OTHER_LINKS) ||
    RELATIONS.some((path) =>
      relationsAt(page, path).some((one) => OTHER_LINKS.includes(String(one))),
    ) ||
    ['links', '_links', 'paging', 'pages'].some((container) => {
      const links = valueAt(page.json, container);
      return isObject(links) && hasOther(links);
    });
  return others && moreOf(page) !== true ? END : undefined;
};

/** The number of pages after this one. Pages are numbered from 0 if this page's number is its index. */
const pagesAfter = (page: FetchedPage, count: number, number: number): number =>
  number === page.index ? count - 1 - number : count - number;

/** The number of a page: from the response, else from the request, else from its index. */
const numberOf = (page: FetchedPage, container: string | undefined, target: Target): number => {
  const named =
    container === undefined
      ? countAt(page, {header: 'x-page'})
      : PAGE_NUMBERS.map((name) => countAt(page, pathInContainer(container, name))).find(
          (one) => one !== undefined,
        );
  const number = valueAtTarget(page.request, target);
  return named ?? (isMissing(number) ? page.index + 1 : Number(number));
};

const byPageCount: Sign = (page, to) => {
  const found =
    firstOf(PAGE_COUNTS, (path, _name, container) => {
      const count = countAt(page, path);
      return count === undefined ? undefined : {count, container};
    }) ??
    PAGE_COUNT_HEADERS.flatMap((header) => {
      const count = countAt(page, {header});
      return count === undefined ? [] : [{count, container: undefined}];
    })[0];
  if (found === undefined) return undefined;
  const target = targetOf(page.request, PAGE_PARAMETERS, to);
  const number = numberOf(page, found.container, target);
  const left = pagesAfter(page, found.count, number);
  if (left <= 0) return COUNTED_END;
  return page.records.length > 0
    ? {step: targetStep(page.request, target, number + 1)}
    : {counted: true, incompleteReason: `the page is empty, but the API counts ${left} more pages`};
};

const byOffset: Sign = (page, to) => {
  const found = firstOf(OFFSETS, (path, name, container) => {
    const offset = countAt(page, path);
    const totals = TOTALS.map((total) => countAt(page, pathInContainer(container, total)));
    const total = totals.find((one) => one !== undefined);
    return offset === undefined ? undefined : {offset, name, total};
  });
  if (found === undefined) return undefined;
  const reached = found.offset + page.records.length;
  const more = found.total === undefined ? moreOf(page) : reached < found.total;
  if (more === undefined) return undefined;
  if (!more) return COUNTED_END;
  const target = targetOf(page.request, [found.name], to);
  return page.records.length > 0
    ? {step: targetStep(page.request, target, reached)}
    : {counted: true, incompleteReason: 'the page is empty, but the API says that there is more'};
};

const byTotal: Sign = (page) => {
  const total = countOf(page, TOTALS);
  return total !== undefined && total <= page.seen ? COUNTED_END : undefined;
};

/** Stripe: https://docs.stripe.com/api/pagination */
const byLastId: Sign = (page, to) => {
  const last = page.records.at(-1);
  if (moreOf(page) !== true || last === undefined || !isScalar(valueAt(last, 'id')))
    return undefined;
  return {step: lastId('id', typeof to === 'string' ? to : 'starting_after').next(page)};
};

const SIGNS: readonly Sign[] = [
  byLink,
  byLinkList,
  byEndFlag,
  byNext,
  byPageCount,
  byOffset,
  byOtherLinks,
  byLastId,
  byTotal,
];

/** The verdict of the first sign that the page shows; undefined if it shows no sign. */
export const verdictOf = (page: FetchedPage, to: To): Verdict | undefined => {
  for (const sign of SIGNS) {
    const verdict = sign(page, to);
    if (verdict !== undefined) return verdict;
  }
  return undefined;
};
