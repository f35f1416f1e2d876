// Finds the token from which a later run reads what changed since: Google's `nextSyncToken`, Microsoft's `@odata.deltaLink`.
import {SystemError} from '../../errors.ts';
import {isNone} from '../../json/values.ts';
import {describeRequest} from '../types.ts';
import {namesCredential} from '../wire/crossing.ts';
import {describeLocation, type FieldLocation, scalarIn, valueAtLocation} from './field-location.ts';
import type {FetchedPage} from './paginator.ts';

const ADVICE = 'Set `token` to the location where the API names its sync token.';

/** A delta link is a whole URL, and states are not masked. */
const assertNoCredential = (page: FetchedPage, where: string, token: string | number): void => {
  const {searchParams} = URL.parse(String(token)) ?? {};
  const name = [...(searchParams?.keys() ?? [])].find(namesCredential);
  if (name === undefined) return;
  throw new SystemError(
    `${describeRequest(page.request)}: ${where} is a URL with the parameter "${name}", which may be a credential, and a state is not a place for one. Make the token in \`read\` instead, without that parameter: page(records, {token}).`,
  );
};

export const syncTokenIn = (
  page: FetchedPage,
  locations: FieldLocation | readonly FieldLocation[] = [],
): string | number | undefined => {
  for (const location of [locations].flat()) {
    const found = valueAtLocation(page, location);
    if (isNone(found)) continue;
    const where = describeLocation(location);
    const token = scalarIn(page.request, where, found, ADVICE);
    assertNoCredential(page, where, token);
    return token;
  }
  return undefined;
};
