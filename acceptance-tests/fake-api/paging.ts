// Lists by numbered pages, as many APIs give them.

export interface Paging {
  readonly page: number;
  readonly perPage: number;
}

/** A whole number in the query, at least 1 and capped at `most`; any other value is the default. */
export const numberIn = (url: URL, name: string, {byDefault = 1, most = Infinity} = {}): number => {
  const given = Number(url.searchParams.get(name) ?? byDefault);
  return Number.isInteger(given) && given >= 1 ? Math.min(given, most) : byDefault;
};

export const pageOf = <T>(items: readonly T[], {page, perPage}: Paging): readonly T[] =>
  items.slice((page - 1) * perPage, page * perPage);

/** RFC 8288: prev, next, last and first, as far as they exist. Undefined if everything is on one page. */
export const linkHeader = (
  url: URL,
  {page, perPage}: Paging,
  total: number,
): string | undefined => {
  const last = Math.ceil(total / perPage);
  if (last <= 1) return undefined;
  const link = (to: number, rel: string): string => {
    const linked = new URL(url);
    linked.searchParams.set('page', String(to));
    return `<${linked}>; rel="${rel}"`;
  };
  return [
    ...(page > 1 ? [link(page - 1, 'prev')] : []),
    ...(page < last ? [link(page + 1, 'next'), link(last, 'last')] : []),
    ...(page > 1 ? [link(1, 'first')] : []),
  ].join(', ');
};
