import {fullPageReason} from './incomplete-reason.ts';
import type {Paginator} from './paginator.ts';

// `<https://…?page=2>; rel="next", <https://…?page=9>; rel="last"` (RFC 8288 §3). A token is a target in angle brackets, or
// a parameter whose value is missing, bare or quoted. Targets may contain commas and semicolons, and quoted values any
// character, so separators prove nothing: the text between tokens is skipped.
const TOKEN = /<([^<>]*)>|([^\s=;,<>"]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?/g;

/** The first target in a Link header with one of these relations. */
export const linkTarget = (header: string, ...wanted: readonly string[]): string | undefined => {
  let target: string | undefined;
  for (const [, opened, name, quoted, bare = ''] of header.matchAll(TOKEN)) {
    target = opened ?? target;
    if (name?.toLowerCase() !== 'rel') continue;
    const relations = (quoted ?? bare).toLowerCase().split(/\s+/);
    if (relations.some((one) => wanted.includes(one))) return target;
  }
  return undefined;
};

/** Follows the `Link` header's `rel="next"` (RFC 8288) unchanged. A relative target is resolved. */
export const linkHeader = (): Paginator => ({
  next: ({response: {headers, url}}) => {
    const target = linkTarget(headers['link'] ?? '', 'next');
    return target === undefined ? undefined : {url: new URL(target, url)};
  },
  // The last of several pages still links to the others. Without any header, a proxy may have dropped it.
  incompleteReason: (page) =>
    page.response.headers['link'] === undefined
      ? fullPageReason(page, 'the response has no Link header')
      : undefined,
});
