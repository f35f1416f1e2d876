// Bodies of requests that are not JSON: forms, XML and others, in single requests, lists and downloads.
import type {RequestListener} from 'node:http';
import {describe, expect, test} from '@jest/globals';
import {failureOf} from '../../test/failure-of.ts';
import {serve} from '../../test/http/loopback.ts';
import {secret} from '../testing/secrets.ts';
import {virtualClock} from '../testing/virtual-clock.ts';
import {apiKey} from './auth/api-key.ts';
import {type HttpClient, type HttpOptions, openHttpClient} from './client.ts';
import {xml} from './decode/xml.ts';
import {escapeXml} from './escape-xml.ts';
import {auto} from './paginate/auto.ts';
import {cursorIn} from './paginate/cursor-in.ts';
import {lastId} from './paginate/last-id.ts';
import {offset} from './paginate/offset.ts';
import {pageNumber} from './paginate/page-number.ts';
import {openListResume} from './paginate/resume.ts';
import {tokenParts} from './paginate/token-parts.ts';
import type {Query} from './query.ts';
import {SOURCE_SCOPE} from './request-scope.ts';

type ListOptions = NonNullable<Parameters<HttpClient['paginate']>[1]>;
type Handle = (body: string, response: Parameters<RequestListener>[1], url: string) => void;

/** Records method, URL, type and body of each request. */
const recording = async (handle: Handle) => {
  const sent: string[] = [];
  const origin = await serve((message, response) => {
    const chunks: Buffer[] = [];
    message.on('data', (chunk) => chunks.push(chunk));
    message.on('end', () => {
      const bytes = Buffer.concat(chunks);
      const type = message.headers['content-type'];
      const body = bytes.toString(type?.includes('8859') ? 'latin1' : 'utf8');
      sent.push(`${message.method} ${message.url} ${type} ${body}`);
      handle(body, response, message.url ?? '');
    });
  });
  return {origin, sent};
};

const open = (baseUrl: string, options: Partial<HttpOptions> = {}) => {
  const log: string[] = [];
  const client = openHttpClient(
    {baseUrl, retry: {attempts: 3, base: {seconds: 0}}, ...options},
    {
      signal: new AbortController().signal,
      clock: virtualClock(0),
      random: () => 0.5,
      log: (_level, message) => log.push(message),
    },
  );
  return {client, log};
};

const FORM = 'application/x-www-form-urlencoded';
const XML = 'text/xml; charset=utf-8';

/** Three records on two pages; the next token stands in each response. */
const TWO_PAGES: Handle = (body, response) => {
  const isSecond = /(cursor|start|page|skip|name)(=|>|":)"?(a%26%3Cb|a&amp;&lt;b|a&<b|2|7)/.test(
    body,
  );
  if (/start(=|>)8/.test(body)) return void response.end('{"rows": []}');
  response.end(
    JSON.stringify(
      isSecond ? {rows: [{id: 8}]} : {rows: [{id: 6}, {id: 7}], next: 'a&<b', type: 't'},
    ),
  );
};

const printed = (values: Query): string =>
  Object.entries(values)
    .map(([name, value]) => `<${name}>${escapeXml(String(value))}</${name}>`)
    .join('');

const PAGINATORS: readonly (readonly [string, ListOptions['next'], string, string])[] = [
  ['cursorIn', cursorIn('next', {form: 'cursor'}), '', 'cursor=a%26%3Cb'],
  ['lastId', lastId('id', {form: 'start'}), '', 'start=7'],
  [
    'offset',
    offset({offset: 'skip', limit: 'max', size: 2, in: 'form'}),
    'skip=0&max=2',
    'skip=2&max=2',
  ],
  ['pageNumber', pageNumber({in: 'form'}), 'page=1', 'page=2'],
  [
    'tokenParts',
    tokenParts({name: 'next', type: 'type'}, {in: 'form'}),
    '',
    'name=a%26%3Cb&type=t',
  ],
  ['auto', auto({to: {form: 'cursor'}}), '', 'cursor=a%26%3Cb'],
  ['an own function', ({index}) => (index === 0 ? {form: {page: 2}} : undefined), '', 'page=2'],
];

const join = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join('&');

describe('a list by POST', () => {
  test.each(PAGINATORS)('pages through a form by %s', async (_name, next, first, second) => {
    const {origin, sent} = await recording(TWO_PAGES);
    const {client} = open(origin);
    const pages = await Array.fromAsync(
      client.paginate('/list', {
        ...{method: 'POST', form: {'tag[]': ['x', 'y'], 'f[a]': 'ü ö'}, records: 'rows'},
        ...(next && {next}),
      }),
    );
    await client.close();
    const all = 'tag%5B%5D=x&tag%5B%5D=y&f%5Ba%5D=%C3%BC+%C3%B6';
    expect(pages.flatMap(({records}) => records)).toEqual([{id: 6}, {id: 7}, {id: 8}]);
    expect(sent.slice(0, 2)).toEqual([
      `POST /list ${FORM} ${join(all, first)}`,
      `POST /list ${FORM} ${join(all, second)}`,
    ]);
  });

  test.each(PAGINATORS)('pages through XML by %s', async (_name, next, first, second) => {
    const {origin, sent} = await recording(TWO_PAGES);
    const {client} = open(origin);
    const pages = await Array.fromAsync(
      client.paginate('/soap', {
        ...{method: 'POST', form: {of: 'ü'}, body: printed, contentType: XML, records: 'rows'},
        ...(next && {next}),
      }),
    );
    await client.close();
    const xmlOf = (form: string): string =>
      printed({of: 'ü', ...Object.fromEntries(new URLSearchParams(form))});
    expect(pages.flatMap(({records}) => records)).toEqual([{id: 6}, {id: 7}, {id: 8}]);
    expect(sent.slice(0, 2)).toEqual([
      `POST /soap ${XML} ${xmlOf(first)}`,
      `POST /soap ${XML} ${xmlOf(second)}`,
    ]);
  });

  test('is resumed with the values that the body is printed from', async () => {
    const {origin, sent} = await recording(TWO_PAGES);
    const {client} = open(origin);
    const list = (resume = openListResume(undefined)) =>
      Array.fromAsync(
        client.bind({scope: SOURCE_SCOPE, resume}).paginate('/soap', {
          ...{method: 'POST', body: printed, contentType: XML, records: 'rows'},
          next: cursorIn('next', {form: 'cursor'}),
        }),
      );
    const [first] = await list();
    expect(first?.resume).toEqual({
      list: expect.any(String),
      url: `${origin}/soap`,
      form: {cursor: 'a&<b'},
    });
    const rest = await list(openListResume(first?.resume));
    await client.close();
    expect(rest.flatMap(({records}) => records)).toEqual([{id: 8}]);
    expect(sent.at(-1)).toBe(`POST /soap ${XML} <cursor>a&amp;&lt;b</cursor>`);
  });

  test('is not resumed by a list with another body', async () => {
    const {origin} = await recording(TWO_PAGES);
    const {client} = open(origin);
    const list = (of: string, resume = openListResume(undefined)) =>
      Array.fromAsync(
        client.bind({scope: SOURCE_SCOPE, resume}).paginate('/soap', {
          ...{method: 'POST', contentType: XML, records: 'rows'},
          body: (values) => `<of>${of}</of>${printed(values)}`,
          next: cursorIn('next', {form: 'cursor'}),
        }),
      );
    const [first] = await list('a');
    const rest = await list('b', openListResume(first?.resume));
    await client.close();
    expect(rest.flatMap(({records}) => records)).toHaveLength(3);
  });

  test.each([
    ['a form with a field that is named like one', {form: {api_key: 'x', q: 1}}],
    ['a form with a known secret', {form: {q: secret('the key of a form')}}],
    ['JSON with a known secret', {json: {login: {with: secret('the key of a form')}}}],
  ])('has no resume if it sends credentials in %s', async (_what, body) => {
    const {origin} = await recording(TWO_PAGES);
    const auth = apiKey({header: 'x-key', value: secret('the key of a form')});
    const {client} = open(origin, {auth});
    const to = 'json' in body ? {json: 'cursor'} : {form: 'cursor'};
    const options = {...body, next: cursorIn('next', to as {form: string})} as ListOptions;
    const pages = await Array.fromAsync(
      client
        .bind({scope: SOURCE_SCOPE, resume: openListResume(undefined)})
        .paginate('/list', {...options, method: 'POST', records: 'rows'} as ListOptions),
    );
    await client.close();
    expect(pages.map(({resume}) => resume)).toEqual([undefined, undefined]);
  });

  test.each<[string, ListOptions, string]>([
    [
      'a body that is not a function',
      {method: 'POST', body: '<a/>', contentType: XML, next: cursorIn('next', {form: 'cursor'})},
      '`next` sets a field in the form of the request, but its body is `body`. Let `next` set fields of its form, and make `body` a function of these.',
    ],
    [
      'JSON where the body is a function',
      {method: 'POST', body: printed, contentType: XML, next: cursorIn('next', {json: 'cursor'})},
      '`next` sets a field in the JSON of the request, but its body is `body`. Let `next` set fields of its form, and make `body` a function of these.',
    ],
    [
      'a form beside a body that does not take it',
      {method: 'POST', form: {a: 1}, body: '<a/>', contentType: XML},
      'the request has both `form` and a `body` that is not a function. A function is handed the values of `form`; else leave one of them out.',
    ],
    [
      'a string in another encoding, by its type',
      {method: 'POST', body: '<a>ü</a>', contentType: 'text/xml; charset="ISO-8859-1"'},
      'the body of the request declares the encoding "ISO-8859-1", but a string is sent in UTF-8. Declare UTF-8, or set `body` to a Uint8Array in that encoding.',
    ],
    [
      'a string in another encoding, by a header',
      {
        ...{method: 'POST', body: '<a/>', contentType: XML},
        headers: {'Content-Type': 'text/xml; charset=utf-16'},
      },
      'the body of the request declares the encoding "utf-16", but a string is sent in UTF-8. Declare UTF-8, or set `body` to a Uint8Array in that encoding.',
    ],
    [
      'XML in another encoding, by itself',
      {
        method: 'POST',
        body: '<?xml version="1.0" encoding=\'latin1\'?><a/>',
        contentType: 'text/xml',
      },
      'the body of the request declares the encoding "latin1", but a string is sent in UTF-8. Declare UTF-8, or set `body` to a Uint8Array in that encoding.',
    ],
  ])('refuses %s', async (_what, options, message) => {
    const {origin} = await recording(TWO_PAGES);
    const {client} = open(origin);
    const failure = await failureOf(() =>
      Array.fromAsync(client.paginate('/list', {records: 'rows', ...options} as ListOptions)),
    );
    await client.close();
    expect(failure).toBe(`SystemError: POST ${origin}/list: ${message}`);
  });
});

describe('a body of text', () => {
  const OK: Handle = (_body, response) => void response.end('<r><n>1</n></r>');

  test.each([
    ['a string', '<a>ü</a>', XML, '<a>ü</a>'],
    [
      'bytes in another encoding',
      Buffer.from('<a>ü</a>', 'latin1'),
      'text/xml; charset=iso-8859-1',
      '<a>ü</a>',
    ],
    ['lines of JSON', '{"index":"a"}\n{}\n', 'application/x-ndjson', '{"index":"a"}\n{}\n'],
    ['a list in JSON', JSON.stringify([1, 2]), 'application/json', '[1,2]'],
    ['ASCII that is declared so', 'a b', 'text/plain; charset=us-ascii', 'a b'],
    ['nothing', '', 'text/plain', ''],
    ['a function', () => 'made', 'text/plain', 'made'],
  ])('is sent as it is: %s', async (_what, body, contentType, expected) => {
    const {origin, sent} = await recording(OK);
    const {client} = open(origin);
    const found = await client.search('/soap', {body, contentType, decode: xml()});
    await client.post('/soap', {body, contentType}).catch(() => {});
    await Array.fromAsync(
      client.download('/soap', {method: 'POST', body, contentType, decode: xml(), records: 'r'}),
    );
    await client.close();
    expect(found).toEqual({r: {n: '1'}});
    expect(sent).toEqual(Array.from({length: 3}, () => `POST /soap ${contentType} ${expected}`));
  });

  test('is sent again after a transient fault, printed for each attempt, and is not logged', async () => {
    let attempts = 0;
    const {origin, sent} = await recording((_body, response) => {
      attempts += 1;
      response.writeHead(attempts < 3 ? 503 : 200).end('{"ok": true}');
    });
    const {client, log} = open(origin);
    let printedTimes = 0;
    const found = await client.search('/soap', {
      form: {password: 'hush'},
      body: ({password}) => {
        printedTimes += 1;
        return `${password} ${printedTimes}`;
      },
      contentType: 'text/plain',
    });
    await client.close();
    expect(found).toEqual({ok: true});
    expect(sent.map((line) => line.slice(-6))).toEqual(['hush 1', 'hush 2', 'hush 3']);
    expect(log.join('\n')).not.toContain('hush');
  });
});

const BODIES = [
  ['a form', {form: {a: 'ü', b: ['1', '2']}}, `${FORM} a=%C3%BC&b=1&b=2`],
  ['XML', {body: '<a>ü</a>', contentType: XML}, `${XML} <a>ü</a>`],
] as const;

describe.each(BODIES)('a redirect of a POST with %s', (_what, body, printedBody) => {
  const redirecting = (status: number, to = '/new') =>
    recording((_body, response, url) =>
      url === '/old'
        ? response.writeHead(status, {location: to}).end()
        : response.end('{"ok": true}'),
    );

  test('with 303 becomes a GET without it', async () => {
    const {origin, sent} = await redirecting(303);
    const {client} = open(origin);
    await client.search('/old', body);
    await client.close();
    expect(sent).toEqual([`POST /old ${printedBody}`, 'GET /new undefined ']);
  });

  test.each([301, 302])('with %d is an error, because it would lose the body', async (status) => {
    const {origin, sent} = await redirecting(status);
    const {client} = open(origin);
    const failure = await failureOf(() => client.search('/old', body));
    await client.close();
    expect(failure).toBe(
      `SystemError: POST ${origin}/old answered ${status}. It redirects to ${origin}/new. That was not followed, because a POST would become a GET without its body there: use that URL, in the config or the source.`,
    );
    expect(sent).toEqual([`POST /old ${printedBody}`]);
  });

  test.each([307, 308])('with %d takes it along', async (status) => {
    const {origin, sent} = await redirecting(status);
    const {client} = open(origin);
    await client.search('/old', body);
    await client.close();
    expect(sent).toEqual([`POST /old ${printedBody}`, `POST /new ${printedBody}`]);
  });

  test('with 307 to another origin is an error, and nothing is sent there', async () => {
    const other = await recording((_body, response) => void response.end('{}'));
    const {origin} = await redirecting(307, `${other.origin}/new`);
    const {client} = open(origin, {allowedHosts: [new URL(other.origin).host]});
    const failure = await failureOf(() => client.search('/old', body));
    await client.close();
    expect(failure).toBe(
      `ConfigError: POST ${origin}/old was redirected to ${other.origin}, another origin, with the body of the request. Nothing was sent there, because credentials are for ${origin} only. If the API has moved, set its new URL in the config.`,
    );
    expect(other.sent).toEqual([]);
  });
});
