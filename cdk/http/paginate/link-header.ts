import {fullPageReason} from './incomplete-reason.ts';
import type {Paginator} from './paginator.ts';

// `<https://…?page=2>; rel="next", <https://…?page=9>; rel="last"` (RFC 8288 §3): a target in angle brackets, or
// a parameter, whose value may be missing, bare, or quoted. A target may hold commas and semicolons, a quoted
// value anything, so neither separates: what stands between the tokens is passed over.
const TOKEN = /<([^<>]*)>|([^\s=;,<>"]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?/g;

/** Where a Link header leads to by one of these relations. */
export const linkTarget = (header: string, ...wanted: readonly string[]): string | undefined => {
  let target: string | undefined;
  for (const [, opened, name, quoted, bare = ''] of header.matchAll(TOKEN)) {
    target = opened ?? target;
    const relations = name?.toLowerCase() === 'rel' ? (quoted ?? bare) : '';
    if (
      relations
        .toLowerCase()
        .split(/\s+/)
        .some((one) => wanted.includes(one))
    )
      return target;
  }
  return undefined;
};

/** Follows the `Link` header's `rel="next"` (RFC 8288) as it stands; a relative target is resolved. */
export const linkHeader = (): Paginator => ({
  next: ({response: {headers, url}}) => {
    const target = linkTarget(headers['link'] ?? '', 'next');
    return target === undefined ? undefined : {url: new URL(target, url)};
  },
  // The last page of a list of several still links to the pages before it; a proxy may drop the whole header.
  incompleteReason: (page) =>
    page.response.headers['link'] === undefined
      ? fullPageReason(page, 'its answer has no Link header')
      : undefined,
});
