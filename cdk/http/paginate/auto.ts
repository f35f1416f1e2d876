import {SystemError} from '../../errors.ts';
import {excerpt} from '../../json/trim.ts';
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
import {ROUND, requestedSizes} from './incomplete-reason.ts';
import {doubtfulNext} from './link-header.ts';
import type {FetchedPage, Paginator} from './paginator.ts';
import type {Target} from './target.ts';

type AutoOptions = {
  /** The parameter for the token or the number of the next page. Default: guessed from the token's name. */
  readonly to?: Target;
};

const isFull = (page: FetchedPage): boolean => {
  const size = page.records.length;
  if (size === 0) return false;
  return ROUND.has(size) || [...requestedSizes(page.request), countOf(page, SIZES)].includes(size);
};

const HEADERS = ['link', ...Object.keys(TOKEN_HEADERS), ...PAGE_COUNT_HEADERS];

const MOST_KEYS = 30;

/** The keys of a body, and of the objects in it that could have paging fields. */
const keysOf = (json: unknown): string => {
  if (!isObject(json)) return 'it is a list';
  const keys = Object.entries(json).flatMap(([key, value]) =>
    isObject(value) && [...ENVELOPES, ...WRAPPERS].includes(key)
      ? [key, ...Object.keys(value).map((below) => `${key}.${below}`)]
      : [key],
  );
  return excerpt(keys.slice(0, MOST_KEYS).join(', '));
};

/** The reason why a page without any sign of a next one cannot be the last. */
const whyNotLast = (page: FetchedPage): string | undefined => {
  const total = countOf(page, TOTALS);
  if (moreOf(page) === true) return 'the API says that there is more';
  if (total !== undefined && total > page.seen) {
    return `the API counts ${total} records, but the page has ${page.seen}`;
  }
  return isFull(page) ? `the page is full (${page.records.length} records)` : undefined;
};

/** For a first page that ends the list, although the API counts more records. */
const shortfall = ({seen, index}: FetchedPage, total: number | undefined): string | undefined =>
  index === 0 && total !== undefined && total > seen
    ? `the API counts ${total} records, but names no page after the first, which has ${seen}`
    : undefined;

/**
 * Detects the paging of an API and the location of its records: by the `Link` header, a URL, a token, the number of pages,
 * an offset with a total, or a has-more flag, in this order. A first page without any of them is an error if it may not be
 * the whole list. So is a token in a parameter that the server does not know, because the same page comes again. Prefer
 * the API's own paginator if you know it.
 */
export const auto = ({to}: AutoOptions = {}): Paginator => ({
  records: ({request, json}) => detectRecords(request, json),
  next: (page) => verdictOf(page, to)?.step,
  incompleteReason: (page) => {
    const verdict = verdictOf(page, to);
    if (verdict?.counted) return verdict.incompleteReason;
    if (verdict !== undefined) {
      return doubtfulNext(page) ?? shortfall(page, countOf(page, TOTALS));
    }
    // The page before this one named it in a known way: a page that names no other is the last.
    const reason = page.index > 0 ? undefined : whyNotLast(page);
    if (reason === undefined) return doubtfulNext(page);
    throw new SystemError(
      `${describeRequest(page.request)}: ${reason}, but the response names no next page. Checked: the body (${keysOf(page.json)}) and the headers ${HEADERS.join(', ')}. Set \`next\` to the paginator for this API; without \`next\` one page is read.`,
    );
  },
});
