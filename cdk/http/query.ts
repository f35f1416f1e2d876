// The query of a URL.

type Value = string | number | boolean;

/** Values of a query string; undefined ones are left out, and a list sets its name once for each: `expand[]=a&expand[]=b`. */
export type Query = Readonly<Record<string, Value | readonly Value[] | undefined>>;

const isList = (value: Query[string]): value is readonly Value[] => Array.isArray(value);

/** Sets a parameter, at the place of the one that the URL has under this name; undefined and an empty list remove it. */
export const setParameter = (url: URL, name: string, value: Query[string]): void => {
  const [first, ...others] = isList(value) ? value : [value];
  if (first === undefined) url.searchParams.delete(name);
  else url.searchParams.set(name, String(first));
  for (const other of others) url.searchParams.append(name, String(other));
};
