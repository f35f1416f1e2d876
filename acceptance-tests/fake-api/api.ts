// A fake API is a function from a request to a response. Switches wrap it, serve.ts puts it on a port.
export interface FakeRequest {
  readonly method: string;
  /** The absolute URL, with the origin of the fake, for links. */
  readonly url: URL;
  /** By their names in lower case. */
  readonly headers: {
    readonly authorization?: string | undefined;
    readonly [name: string]: string | readonly string[] | undefined;
  };
}

export interface FakeResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; without it the response has no body. */
  readonly body?: unknown;
  /** Half of the body is sent, and then the connection is closed. */
  readonly cut?: boolean;
}

export type Api = (request: FakeRequest) => FakeResponse;

/** Lets `instead` respond to every nth request: 3 means the third, the sixth …; 0 or undefined means none. */
export const everyNth = (
  n: number | undefined,
  instead: (request: FakeRequest, time: number, api: Api) => FakeResponse,
  api: Api,
): Api => {
  if (n === undefined || n === 0) return api;
  let count = 0;
  return (request) => {
    count += 1;
    return count % n === 0 ? instead(request, count / n - 1, api) : api(request);
  };
};

/** The API's own response, of which only the first half is sent. */
export const cutShort = (request: FakeRequest, _time: number, api: Api): FakeResponse => ({
  ...api(request),
  cut: true,
});
