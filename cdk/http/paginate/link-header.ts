import type {Paginator} from './paginator.ts';

// `<https://…?page=2>; rel="next", <https://…?page=9>; rel="last"`. A target may hold commas, so links are
// found by their angle brackets, and `rel` may be a list, unquoted, or not the first parameter (RFC 8288 §3).
const LINK = /<([^>]*)>((?:\s*;\s*[^\s=;,]+\s*=\s*(?:"[^"]*"|[^",;\s]*))*)/g;
const REL = /;\s*rel\s*=\s*(?:"([^"]*)"|([^",;\s]*))/i;

const isNext = (parameters: string): boolean => {
  const [, quoted, bare] = REL.exec(parameters) ?? [];
  return (quoted ?? bare ?? '').toLowerCase().split(/\s+/).includes('next');
};

/** Follows the `Link` header's `rel="next"` (RFC 8288) as it stands; a relative target is resolved. */
export const linkHeader = (): Paginator => (page) => {
  const {headers, url} = page.response;
  for (const [, target = '', parameters = ''] of (headers['link'] ?? '').matchAll(LINK)) {
    if (isNext(parameters)) return new URL(target, url);
  }
  return undefined;
};
