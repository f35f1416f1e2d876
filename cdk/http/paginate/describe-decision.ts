// Describes what a paginator decided, for the log.
import {describeRequest, describeWithQuery, type HttpRequest, namesSecret} from '../types.ts';
import type {FetchedPage} from './paginator.ts';

const shown = (name: string, value: string | null): string => {
  if (value === null) return `without ${name}`;
  return `${name}=${namesSecret(name) ? '****' : value}`;
};

/** The parameters of the query that differ. */
const inQuery = ({url: before}: HttpRequest, {url: after}: HttpRequest): readonly string[] =>
  [...new Set([...after.searchParams.keys(), ...before.searchParams.keys()])]
    .filter((name) => before.searchParams.get(name) !== after.searchParams.get(name))
    .map((name) => shown(name, after.searchParams.get(name)));

/** The fields of the body that differ. */
const inBody = (before: HttpRequest, after: HttpRequest): readonly string[] => {
  const fields = {...before.json, ...before.form};
  return Object.entries({...after.json, ...after.form})
    .filter(([name, value]) => JSON.stringify(fields[name]) !== JSON.stringify(value))
    .map(([name, value]) => shown(name, JSON.stringify(value)));
};

const stepTo = (before: HttpRequest, after: HttpRequest): string => {
  const moved = describeRequest(before) !== describeRequest(after);
  const changes = [...inQuery(before, after), ...inBody(before, after)];
  return moved || changes.length === 0 ? describeWithQuery(after) : changes.join(', ');
};

/** `GET https://api.example.com/items: page 2 has 25 records; next page: cursor=50.` */
export const describeDecision = (
  {request, index, records}: Pick<FetchedPage, 'request' | 'index' | 'records'>,
  next: HttpRequest | undefined,
): string =>
  `${describeRequest(request)}: page ${index + 1} has ${records.length} record${records.length === 1 ? '' : 's'}; ${next === undefined ? 'there is no next page' : `next page: ${stepTo(request, next)}`}.`;
