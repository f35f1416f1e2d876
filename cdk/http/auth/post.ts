import type {JsonObject} from '../../json/values.ts';
import type {RequestScope} from '../request-scope.ts';
import type {HttpRequest} from '../types.ts';

/** A POST for a token. */
export const postOf = (
  scope: RequestScope,
  url: URL,
  json: JsonObject | undefined,
  headers: HttpRequest['headers'] = {},
): HttpRequest => ({
  method: 'POST',
  url,
  scope,
  headers: {'user-agent': 'headwater', accept: 'application/json', ...headers},
  ...(json && {json}),
  redirect: 'refuse',
});
