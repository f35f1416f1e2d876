// Signs requests right before they are sent: after all waits and retries, so that their time is that of the sending, and with
// the URL and the body exactly as the server gets them.

/** A request as it goes over the wire. */
type WireRequest = {
  readonly method: string;
  /** With the query exactly as it is sent. */
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Empty without a body. */
  readonly body: string | Uint8Array;
};

/** Headers and parameters to add. Parameters come after the others, in their order. */
type Signature = {
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
};

type Signable = Pick<WireRequest, 'method' | 'headers'> & {
  readonly path: string;
  readonly body?: string | Uint8Array;
};

export type Sign = (request: WireRequest) => Signature;

/** The parameters stay as they are written: another notation would invalidate the signature. */
const withoutParameters = (url: URL, names: readonly string[]): URL => {
  if (!names.some((name) => url.searchParams.has(name))) return url;
  const kept = url.search
    .slice(1)
    .split('&')
    .filter((pair) => !names.some((name) => new URLSearchParams(pair).has(name)));
  const clean = new URL(url);
  clean.search = kept.join('&');
  return clean;
};

export type Signer = {
  /** The same request with its signature, in place of one that a link or a redirect repeats. */
  readonly sign: <T extends Signable>(options: T, url: URL) => T;
  /** The URL without the parameters of the signature, for another origin. */
  readonly strip: (url: URL) => URL;
};

export const openSigner = (sign: Sign): Signer => {
  let added: readonly string[] = [];
  return {
    strip: (url) => withoutParameters(url, added),
    sign: (options, url) => {
      const {method, headers, body = ''} = options;
      const first = sign({method, url, headers, body});
      added = Object.keys(first.query ?? {});
      const clean = withoutParameters(url, added);
      const signature = clean === url ? first : sign({method, url: clean, headers, body});
      const own = Object.entries(signature.headers ?? {});
      const search = [clean.search.slice(1), String(new URLSearchParams(signature.query))]
        .filter((part) => part !== '')
        .join('&');
      return {
        ...options,
        path: `${clean.pathname}${search === '' ? '' : `?${search}`}`,
        headers: {
          ...headers,
          ...Object.fromEntries(own.map(([name, value]) => [name.toLowerCase(), value])),
        },
      };
    },
  };
};
