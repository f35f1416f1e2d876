// Lists the pending requests, for the warning that no records come.
import {describeRequest, type HttpRequest} from './types.ts';

export type InFlight = {
  /** Adds a request. Call the returned function when the request is over. */
  readonly begin: (request: HttpRequest) => () => void;
  /** `GET https://api.example.com/items for 12 s`, the longest-running first. */
  readonly list: () => readonly string[];
};

export const openInFlight = (now: () => number): InFlight => {
  const pending = new Set<{readonly request: HttpRequest; readonly since: number}>();
  return {
    begin: (request) => {
      const entry = {request, since: now()};
      pending.add(entry);
      return () => void pending.delete(entry);
    },
    list: () =>
      [...pending].map(
        ({request, since}) =>
          `${describeRequest(request)} for ${Math.round((now() - since) / 1_000)} s`,
      ),
  };
};
