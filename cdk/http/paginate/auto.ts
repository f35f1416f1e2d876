import {SystemError} from '../../errors.ts';
import {isObject} from '../../json/values.ts';
import {describeRequest} from '../types.ts';
import {
  ENVELOPES,
  PAGE_COUNT_HEADERS,
  SIZES,
  TOKEN_HEADERS,
  TOTALS,
  WRAPPERS,
} from './auto-names.ts';
import {countOf, moreOf, verdictOf} from './auto-step.ts';
import {detectRecords} from './detect-records.ts';
import {requestedSizes} from './incomplete-reason.ts';
import type {FetchedPage, Paginator} from './paginator.ts';
import type {Target} from './target.ts';

type AutoOptions = {
  /** The parameter for the token or the number of the next page, where the guess by the token's own name is wrong. */
  readonly to?: Target;
};

/** Sizes that servers are set to: so many records are a page, and only by chance a whole list. */
const ROUND = new Set([10, 20, 25, 30, 50, 100, 200, 250, 500, 1000]);

const isFull = (page: FetchedPage): boolean => {
  const size = page.records.length;
  if (size === 0) return false;
  return ROUND.has(size) || [...requestedSizes(page.request), countOf(page, SIZES)].includes(size);
};

const HEADERS = ['link', ...Object.keys(TOKEN_HEADERS), ...PAGE_COUNT_HEADERS];

const MOST_KEYS = 30;

/** The keys of a body, and of the objects in it that could tell of a next page. */
const keysOf = (json: unknown): string => {
  if (!isObject(json)) return 'it is a list';
  const keys = Object.entries(json).flatMap(([key, value]) =>
    isObject(value) && [...ENVELOPES, ...WRAPPERS].includes(key)
      ? [key, ...Object.keys(value).map((below) => `${key}.${below}`)]
      : [key],
  );
  return keys.slice(0, MOST_KEYS).join(', ');
};

/** Why there must be more than a page that shows no sign of a next one. */
const moreBehind = (page: FetchedPage): string | undefined => {
  const total = countOf(page, TOTALS);
  if (moreOf(page) === true) return 'the API says that there is more';
  if (total !== undefined && total > page.seen) {
    return `the API counts ${total} records, but the page has ${page.seen}`;
  }
  return isFull(page) ? `the page is a full one (${page.records.length} records)` : undefined;
};

/** A page that claims to be the only one, though the API counts more records than it has. */
const shortfall = ({seen, index}: FetchedPage, total: number | undefined): string | undefined =>
  index === 0 && total !== undefined && total > seen
    ? `the API counts ${total} records, and names no page behind the first, which has ${seen}`
    : undefined;

/**
 * Finds out by itself how an API is paged, and where its records are: by the `Link` header, a URL, a token, the number
 * of pages, an offset with a total, or a has-more flag, in this order. A first page that shows no sign of any of them
 * is an error where it may not be the whole list; so is, by what is watched of every list, a token that goes into a
 * parameter which the server does not know. Where the API is known, its own paginator says more.
 */
export const auto = ({to}: AutoOptions = {}): Paginator => ({
  records: ({request, json}) => detectRecords(request, json),
  next: (page) => verdictOf(page, to)?.step,
  incompleteReason: (page) => {
    const verdict = verdictOf(page, to);
    if (verdict?.counted) return verdict.incompleteReason;
    if (verdict !== undefined) return shortfall(page, countOf(page, TOTALS));
    // The way to this page was recognised on the one before it: that there is none behind it is the end.
    const reason = page.index > 0 ? undefined : moreBehind(page);
    if (reason === undefined) return undefined;
    throw new SystemError(
      `${describeRequest(page.request)}: ${reason}, and nothing tells where the next page is. Looked at the body (${keysOf(page.json)}) and the headers ${HEADERS.join(', ')}. Set \`next\` to how this API is paged; without \`next\` one page is read.`,
    );
  },
});
