// Values of a URL's query and of a form, which are encoded alike.
type Value = string | number | boolean;

/** Values of a query string. Undefined is left out; a list repeats its name: `expand[]=a&expand[]=b`. */
export type Query = Readonly<Record<string, Value | readonly Value[] | undefined>>;

const isList = (value: Query[string]): value is readonly Value[] => Array.isArray(value);

const setIn = (parameters: URLSearchParams, name: string, value: Query[string]): void => {
  const [first, ...others] = isList(value) ? value : [value];
  if (first === undefined) parameters.delete(name);
  else parameters.set(name, String(first));
  for (const other of others) parameters.append(name, String(other));
};

/** Sets or replaces a parameter; undefined and an empty list remove it. */
export const setParameter = (url: URL, name: string, value: Query[string]): void =>
  setIn(url.searchParams, name, value);

/** `grant_type=password&scope=a+b`. */
export const printForm = (form: Query): string => {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(form)) setIn(parameters, name, value);
  return parameters.toString();
};
