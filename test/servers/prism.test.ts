// GitHub's own API description, served by Prism: our requests follow the contract, endless next
// links are noticed, and credentials go only to the API. Its examples link to api.github.com: our proxy stands in for that host.
import {join} from 'node:path';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from '@jest/globals';
import {Ajv} from 'ajv';
import {errorsIn, recordsOf} from '../../cdk/testing/messages.ts';
import {configuredCatalog, GITHUB, ROOT, runSource, workspace} from '../e2e/run-program.ts';
import {startPrism} from './prism.ts';
import {type Edit, type Seen, startRecordingProxy} from './recording-proxy.ts';
import {describeWith} from './servers.ts';

const CONTRACT = join(ROOT, 'test/programs/contract/main.ts');
const TOKEN = 'ghp_0123456789abcdef';
const OTHER = 'https://api.github.com';
/** Each location of a key. */
const KEYS = [
  ['in the usual header', {header: 'authorization', value: TOKEN}],
  ['in a custom header', {header: 'x-api-key', value: TOKEN}],
  ['in the query', {query: 'api_key', value: TOKEN}],
  ['in a cookie', {cookie: 'key', value: TOKEN}],
] as const;
const ISSUES = '/repos/octocat/hello-world/issues';

const {folder, file} = workspace();

/** Removes the links, so that a list has one page. */
const unlinked: Edit = ({headers: {link: _link, ...headers}, ...answer}) => ({...answer, headers});

/** Links each page to the one that `next` returns, and makes each page different. */
const linked =
  (origin: string, next: (page: number) => number): Edit =>
  ({headers, body, ...answer}, asked) => {
    const page = Number(asked.searchParams.get('page') ?? 1);
    const link = `<${origin}${asked.pathname}?page=${next(page)}>; rel="next"`;
    return {...answer, headers: {...headers, link}, body: body.replace('"id":1,', `"id":${page},`)};
  };

/** Redirects requests to the API itself to another host. */
const redirected: Edit = (answer, {origin, pathname}) =>
  origin === OTHER
    ? unlinked(answer, new URL(origin))
    : {status: 302, headers: {location: `${OTHER}${pathname}`}, body: ''};

/** Adds a cookie to each response, like a server with sessions. */
const withCookie =
  (edit: Edit): Edit =>
  (answer, asked) => {
    const {headers, ...edited} = edit(answer, asked);
    return {...edited, headers: {...headers, 'set-cookie': 'session=s3cret; Path=/'}};
  };

/** The only headers that a host without our account may get; the first two are the same for all programs. */
const HARMLESS = [
  'accept',
  'accept-encoding',
  'connection',
  'host',
  'proxy-connection',
  'user-agent',
  'x-github-api-version',
];

/** Headers and values that were sent to another host, but should not have been. */
const leaked = (seen: readonly Seen[]) =>
  seen
    .filter(({origin}) => !origin.includes('127.0.0.1'))
    .flatMap(({origin, path, headers}) => {
      const names = Object.keys(headers).filter((name) => !HARMLESS.includes(name));
      const all = JSON.stringify([path, headers]);
      return names.length > 0 || all.includes(TOKEN) || all.includes('s3cret')
        ? [{origin, path, names}]
        : [];
    });

describeWith('prism')("GitHub's own contract", () => {
  let prism: Awaited<ReturnType<typeof startPrism>>;
  let proxy: Awaited<ReturnType<typeof startRecordingProxy>>;
  beforeAll(async () => {
    prism = await startPrism();
    proxy = await startRecordingProxy(folder, {
      upstream: prism.url,
      hosts: ['api.github.com'],
      // GitHub recommends application/vnd.github+json and accepts it, but its description has only this one.
      accept: 'application/json',
    });
  }, 180_000);
  afterAll(async () => {
    await proxy?.close();
    await prism?.close();
  });
  beforeEach(() => proxy.use(unlinked));

  const run = (program: string, command: string, config: object, catalog?: object) =>
    runSource(
      program,
      [
        command,
        '--config',
        file('config.json', {api_url: prism.url, ...config}),
        ...(catalog === undefined ? [] : ['--catalog', file('catalog.json', catalog)]),
      ],
      proxy.env,
    );

  /** Reads the one list of the program. Resolves to its records, its failure and the requests. */
  const readList = async (config: object) => {
    const catalog = configuredCatalog(['items'], 'full_refresh');
    const listed = {allowed_hosts: ['api.github.com'], ...config};
    const {messages} = await run(CONTRACT, 'read', listed, catalog);
    const ids = recordsOf(messages, 'items').map(({id}) => id);
    return {ids, failure: errorsIn(messages)[0], seen: proxy.seen()};
  };

  const requestsOf = (seen: readonly Seen[]) =>
    seen.flatMap(({method, origin, path}) =>
      method === 'CONNECT' ? [] : [`${origin === prism.url ? '' : origin}${path}`],
    );

  describe('is kept by the github source', () => {
    const config = {token: TOKEN, repositories: ['octocat/Hello-World', 'github/*']};
    const streams = ['repositories', 'issues', 'issue_comments', 'reviews', 'commits', 'labels'];

    const broken = () =>
      proxy
        .seen()
        .filter(({status, violations}) => status >= 300 || violations.length > 0)
        .map(({path, status, violations}) => [path, status, ...violations]);

    test('in check', async () => {
      const {messages} = await run(GITHUB, 'check', config);
      expect(messages).toEqual([
        {type: 'CONNECTION_STATUS', connectionStatus: {status: 'SUCCEEDED'}},
      ]);
      expect(broken()).toEqual([]);
      expect(requestsOf(proxy.seen())).toEqual(['/repos/octocat/Hello-World', '/users/github']);
    }, 30_000);

    test('in each request of a read, whose records fit the schemas of discover', async () => {
      const discovered = await run(GITHUB, 'discover', config);
      const {messages, status} = await run(
        GITHUB,
        'read',
        {...config, start_date: '2024-01-01'},
        configuredCatalog(streams),
      );
      expect(errorsIn(messages)).toEqual([]);
      expect(status).toBe(0);
      expect(broken()).toEqual([]);
      const ajv = new Ajv({strict: false, allErrors: true, validateFormats: false});
      const catalog = discovered.messages.flatMap(({catalog}) => catalog?.streams ?? []);
      expect(catalog.map(({name}) => name)).toEqual(streams);
      for (const {name, json_schema} of catalog) {
        const records = recordsOf(messages, name);
        expect(records.length).toBeGreaterThan(0);
        const validate = ajv.compile(json_schema);
        for (const record of records) {
          validate(record);
          expect({name, errors: validate.errors}).toEqual({name, errors: null});
        }
      }
    }, 60_000);

    test('but nothing goes to the host of the next links, which the source does not list', async () => {
      proxy.use(withCookie(linked(OTHER, (page) => (page === 3 ? 2 : page + 1))));
      const {messages} = await run(
        GITHUB,
        'read',
        {token: TOKEN, repositories: ['octocat/Hello-World']},
        configuredCatalog(streams),
      );
      const seen = proxy.seen();
      const own = seen.filter(({method, origin}) => origin === prism.url && method !== 'CONNECT');
      expect(own.map(({headers}) => headers.authorization)).toEqual(
        own.map(() => `Bearer ${TOKEN}`),
      );
      expect(seen.filter(({origin}) => origin === OTHER)).toEqual([]);
      expect(errorsIn(messages)[0]).toContain(
        `continues at ${OTHER}, another origin, so nothing was sent there.`,
      );
      expect(leaked(seen)).toEqual([]);
    }, 60_000);
  });

  describe('a next link', () => {
    test.each(KEYS)(
      'to another host, without end, is followed up to the limit of pages, but without the key %s',
      async (_where, api_key) => {
        proxy.use(withCookie(linked(OTHER, (page) => page + 1)));
        const {ids, failure, seen} = await readList({path: ISSUES, api_key, max_pages: 5});
        expect(ids).toEqual([1, 2, 3, 4, 5]);
        expect(failure).toBe(
          `items system_error: GET ${OTHER}${ISSUES}: 5 pages were read, and there is another one. If the list is that long, raise \`maxPages\` or read it in slices; else check \`next\`.`,
        );
        expect(JSON.stringify(seen.filter(({origin}) => origin === prism.url))).toContain(TOKEN);
        expect(seen.filter(({origin}) => origin === OTHER)).toHaveLength(4);
        expect(leaked(seen)).toEqual([]);
      },
      30_000,
    );

    test("from GitHub's example is followed, and a missing page is reported", async () => {
      proxy.use((answer) => answer);
      const {ids, failure, seen} = await readList({path: ISSUES});
      expect(ids).toEqual([1]);
      expect(failure).toBe(
        `items system_error: GET ${OTHER}/resource answered 404: The route /resource hasn't been found in the specification file.`,
      );
      expect(leaked(seen)).toEqual([]);
    }, 30_000);

    test('to the same page is noticed at the second copy of the page', async () => {
      proxy.use(linked(OTHER, () => 1));
      const {ids, failure, seen} = await readList({path: ISSUES});
      expect(ids).toEqual([1]);
      expect(failure).toBe(
        `items system_error: GET ${OTHER}${ISSUES}: the server sent the same page again (page 2, 1 records). It may not know the parameter that \`next\` sets: check its name. The records up to here were read.`,
      );
      expect(requestsOf(seen)).toEqual([ISSUES, `${OTHER}${ISSUES}?page=1`]);
    }, 30_000);

    test('back to an earlier page is noticed before that page is requested', async () => {
      proxy.use(linked(prism.url, (page) => (page === 3 ? 2 : page + 1)));
      const {ids, failure, seen} = await readList({path: ISSUES});
      expect(ids).toEqual([1, 2, 3]);
      expect(failure).toBe(
        `items system_error: ${prism.url}${ISSUES}: pagination loops: the next page was already fetched. The records up to here were read. If the last of these pages is the end of the list, name what marks it: set \`more\` or \`last\` of the paginator, or \`stop\`. Else report this to the API's owner.`,
      );
      expect(requestsOf(seen)).toEqual([ISSUES, `${ISSUES}?page=2`, `${ISSUES}?page=3`]);
    }, 30_000);

    test('to a host that is not allowed is not followed at all', async () => {
      proxy.use((answer) => answer);
      const {ids, failure, seen} = await readList({path: ISSUES, allowed_hosts: ['*.test']});
      expect(ids).toEqual([1]);
      expect(failure).toBe(
        `items config_error: GET ${prism.url}${ISSUES} continues at ${OTHER}, another origin, so nothing was sent there. If the API has moved, set its new URL in the config. If the host belongs to it, list it in the source: \`allowedHosts: ['api.github.com']\` for requests without credentials, \`authOrigins: ['${OTHER}']\` for requests with them.`,
      );
      expect(requestsOf(seen)).toEqual([ISSUES]);
      expect(JSON.stringify(seen)).not.toContain('api.github.com');
    }, 30_000);
  });

  test.each(KEYS)(
    'a redirect to another host is followed without the key %s',
    async (_where, api_key) => {
      proxy.use(withCookie(redirected));
      const {ids, failure, seen} = await readList({path: ISSUES, api_key});
      expect({ids, failure}).toEqual({ids: [1], failure: undefined});
      expect(JSON.stringify(seen.filter(({origin}) => origin === prism.url))).toContain(TOKEN);
      expect(seen.filter(({origin}) => origin === OTHER).map(({path}) => path)).toEqual([ISSUES]);
      expect(leaked(seen)).toEqual([]);
    },
    30_000,
  );

  describe('an error response that it describes', () => {
    const UNKNOWN =
      'The API does not accept these credentials: check them in the config. They may be mistyped, expired or revoked.';
    const MISSING =
      'The credentials are valid but may not read this: grant the missing permission, or leave this stream out.';

    // Its examples have "string" for every string.
    test.each([
      [401, '/user/repos', 'config_error', `string. ${UNKNOWN}`, 1],
      [403, '/gists', 'config_error', `string. ${MISSING}`, 1],
      [404, ISSUES, 'system_error', 'string.', 1],
      [422, ISSUES, 'system_error', 'string: string.', 1],
      [
        500,
        '/repos/octocat/hello-world/commits',
        'transient_error',
        'string. All 3 attempts failed: try again later.',
        3,
      ],
    ])(
      "with %d on %s is a %s with the API's message",
      async (code, path, type, message, times) => {
        const {ids, failure, seen} = await readList({path, prefer: `code=${code}`});
        expect({ids, failure}).toEqual({
          ids: [],
          failure: `items ${type}: GET ${prism.url}${path} answered ${code} through the proxy ${proxy.env.HTTP_PROXY} (HTTP_PROXY): ${message}`,
        });
        expect(requestsOf(seen)).toEqual(Array.from({length: times}, () => path));
      },
      30_000,
    );

    test('is made for a value that the contract does not allow: it is noticed here, and says what was wrong', async () => {
      const path = '/repos/octocat/hello-world/labels';
      const {failure} = await readList({path, query: {per_page: 'many'}});
      expect(failure).toContain('(HTTP_PROXY): Your request is not valid');
      expect(failure).toContain('Request query parameter per_page must be integer.');
      const {seen} = await readList({path: ISSUES, query: {state: 'some'}});
      expect(seen.at(-1)).toMatchObject({
        status: 422,
        violations: [
          'Request query parameter state must be equal to one of the allowed values: open, closed, all',
        ],
      });
    }, 30_000);
  });
});
