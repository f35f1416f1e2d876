// What a fake API is: a function from what is asked to what is answered. Switches wrap it, serve.ts puts it on a port.
import type {IncomingHttpHeaders} from 'node:http';

export interface Ask {
  readonly method: string;
  /** Whole, with the origin that the fake is served at, for links. */
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; nothing where there is none. */
  readonly body?: unknown;
  /** Half of the body is sent, and then the connection is closed. */
  readonly cut?: boolean;
}

export type Api = (ask: Ask) => Answer;

/** Answers every nth request (from 1: 3 means the third, the sixth …) with something else; 0 or undefined never. */
export const everyNth = (
  n: number | undefined,
  instead: (ask: Ask, time: number, api: Api) => Answer,
  api: Api,
): Api => {
  if (n === undefined || n === 0) return api;
  let asked = 0;
  return (ask) => {
    asked += 1;
    return asked % n === 0 ? instead(ask, asked / n - 1, api) : api(ask);
  };
};

/** What is answered anyway, but only the first half of it arrives. */
export const cutShort = (ask: Ask, _time: number, api: Api): Answer => ({...api(ask), cut: true});
