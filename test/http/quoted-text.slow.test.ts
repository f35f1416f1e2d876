// Each place that quotes a server gets a megabyte, or as much as fits: no message, no line of the log and no stack repeats it.
import type {ServerResponse} from 'node:http';
import {expect, test} from '@jest/globals';
import {stackOf} from '../../cdk/errors.ts';
import {oauth2} from '../../cdk/http/auth/oauth2.ts';
import {sessionToken} from '../../cdk/http/auth/session-token.ts';
import type {HttpClient, HttpOptions} from '../../cdk/http/client.ts';
import {openHttpClient} from '../../cdk/http/client.ts';
import {csv} from '../../cdk/http/decode/csv.ts';
import {jsonLines} from '../../cdk/http/decode/json-lines.ts';
import {xml} from '../../cdk/http/decode/xml.ts';
import {auto} from '../../cdk/http/paginate/auto.ts';
import {linkHeader} from '../../cdk/http/paginate/link-header.ts';
import {nextUrl} from '../../cdk/http/paginate/next-url.ts';
import {connectionStatus, errorTrace, logMessage} from '../../cdk/protocol/messages.ts';
import {virtualClock} from '../../cdk/testing/virtual-clock.ts';
import {serve} from './loopback.ts';
import {zipOf} from './zip.ts';

const LONG = 'long'.repeat(250_000);
/** The most that fits into a header. */
const HEADER = 'long'.repeat(3_500);

const LONGEST_MESSAGE = 2_000;
const LONGEST_STACK = 20_000;

type Respond = (response: ServerResponse) => unknown;
type Use = (http: HttpClient) => Promise<unknown>;
type Options = Omit<HttpOptions, 'baseUrl'>;

const get: Use = (http) => http.get('/items');
const decodedBy =
  (decode: NonNullable<Parameters<HttpClient['get']>[1]>['decode']): Use =>
  (http) =>
    http.get('/items', {...(decode && {decode})});
const paged =
  (options: Parameters<HttpClient['paginate']>[1]): Use =>
  (http) =>
    Array.fromAsync(http.paginate('/items', options));
const downloaded =
  (options: Parameters<HttpClient['download']>[1]): Use =>
  (http) =>
    Array.fromAsync(http.download('/items', options));

const text =
  (body: string, status = 200, headers: Record<string, string> = {}): Respond =>
  (response) =>
    response.writeHead(status, headers).end(body);
const json = (body: unknown, status = 200): Respond => text(JSON.stringify(body), status);

const PLACES: readonly (readonly [string, Respond, Use, Options?])[] = [
  ['a refusal', text(LONG, 400), get],
  ['a refusal without a space at its ends', text(` ${LONG} `, 404), get],
  ['a refusal in JSON', json({message: LONG}, 400), get],
  ['a refusal with a field', json({errors: [{field: LONG, message: 'no'}]}, 400), get],
  ['a refusal by fields', json({errors: {[LONG]: ['no'], [`x${LONG}`]: [LONG]}}, 422), get],
  [
    'a refusal with many errors',
    json({errors: Array(1_000).fill({message: LONG.slice(0, 900)})}, 400),
    get,
  ],
  ['a failure that is retried', json({error: LONG}, 503), get],
  ['a rate limit that is retried', json({error: LONG}, 429), get],
  [
    'a status that is retried by a rule',
    json({status: LONG}),
    get,
    {rules: [{body: {path: 'status'}, action: 'retry'}]},
  ],
  [
    'a status that is ignored by a rule',
    text(LONG, 404),
    get,
    {rules: [{status: 404, action: 'ignore'}]},
  ],
  ['JSON that is not JSON', text(`{"a": ${LONG}}`), get],
  ['JSON that is cut', text(`{"a": "${LONG}`), get],
  ['a field that comes twice', text(`{"${LONG}": [], "${LONG}": []}`), downloaded({records: LONG})],
  ['a download that is not JSON', text(`[{"a": ${LONG}}]`), downloaded({})],
  ['a login page', text(`<html><title>${LONG}</title></html>`), get],
  ['an error page for CSV', text(`<html><title>${LONG}</title></html>`), decodedBy(csv())],
  ['an error in JSON for CSV', json({error: LONG}), decodedBy(csv())],
  ['a line for CSV', text(LONG), decodedBy(csv())],
  ['a name for CSV that comes twice', text(`${LONG},${LONG}\n1,2`), decodedBy(csv())],
  ['a header of CSV without a name', text(`${LONG},\n1,2`), decodedBy(csv())],
  ['a row of CSV', text(`${LONG},b\n1,2,3`), decodedBy(csv())],
  ['a quote in CSV', text(`a,b\n${LONG}"x",2`), decodedBy(csv())],
  ['an open quote in CSV', text(`a,b\n"${LONG},2`), decodedBy(csv())],
  ['JSON Lines', text(`${LONG}\n${LONG}`), decodedBy(jsonLines())],
  ['an error for JSON Lines', json({error: LONG}), decodedBy(jsonLines())],
  ['a tag of XML', text(`<a><${LONG}></a>`), decodedBy(xml())],
  ['an end tag of XML', text(`<a></${LONG}></a>`), decodedBy(xml())],
  ['an attribute of XML', text(`<a ${LONG} b="1"></a>`), decodedBy(xml())],
  [
    'an attribute of XML that comes twice',
    text(`<a ${LONG}="1" ${LONG}="1"></a>`),
    decodedBy(xml()),
  ],
  ['an entity of XML', text(`<a>&${LONG};</a>`), decodedBy(xml())],
  [
    'an entity that XML declares',
    text(`<!DOCTYPE a [<!ENTITY ${LONG} "&${LONG};">]><a>&${LONG};</a>`),
    decodedBy(xml()),
  ],
  ['an encoding of XML', text(`<?xml version="1.0" encoding="${LONG}"?><a/>`), decodedBy(xml())],
  ['text after XML', text(`<a></a>${LONG}`), decodedBy(xml())],
  ['a name at the path of records', json({[LONG]: 1}), paged({records: 'items'})],
  ['names of lists', json({[LONG]: [{id: 1}], [`x${LONG}`]: [{id: 2}]}), paged({next: auto()})],
  [
    'names without a next page',
    json({items: [{id: 1}], has_more: true, [LONG]: {[LONG]: 1}}),
    paged({next: auto()}),
  ],
  [
    'a next URL',
    json({items: [{id: 1}], next: `/${LONG}`}),
    paged({records: 'items', next: nextUrl('next')}),
  ],
  [
    'a next URL of another host',
    json({items: [{id: 1}], next: `https://${LONG}.test/`}),
    paged({records: 'items', next: nextUrl('next')}),
  ],
  [
    'a next URL of another scheme',
    json({items: [{id: 1}], next: `${LONG}:x`}),
    paged({records: 'items', next: nextUrl('next')}),
  ],
  [
    'a link that the author requests',
    json({}),
    (http) => http.get(`https://${LONG}.test/${LONG}`),
    {allowedHosts: []},
  ],
  [
    'a Link header',
    text('[]', 200, {link: `<${HEADER}>; rel=next; next`}),
    paged({next: linkHeader()}),
  ],
  [
    'a Link header of another scheme',
    text('[{}]', 200, {link: `<x:${HEADER}>; rel="next"`}),
    paged({next: linkHeader()}),
  ],
  ['a content type', text('<!doctype html>', 200, {'content-type': `text/${HEADER}`}), get],
  ['a content type of a refusal', text(LONG, 400, {'content-type': `text/${HEADER}`}), get],
  ['a charset', text('{}', 200, {'content-type': `application/json; charset=${HEADER}`}), get],
  ['a content encoding', text('{}', 200, {'content-encoding': HEADER}), get],
  [
    'content encodings',
    text('{}', 200, {'content-encoding': Array(2_000).fill('gzip').join(',')}),
    get,
  ],
  ['a redirect to nowhere', text('', 302, {location: `x:${HEADER}`}), get],
  [
    'a redirect to another host',
    text('', 302, {location: `https://${HEADER}.test/${HEADER}`}),
    get,
  ],
  [
    'a redirect of a POST',
    text('', 301, {location: `/${HEADER}`}),
    (http) => http.search('/items', {json: {}}),
  ],
  ['a Retry-After', text('', 429, {'retry-after': HEADER}), get],
  [
    'a GraphQL error',
    json({errors: [{message: LONG, path: [LONG], extensions: {code: LONG}}]}),
    (http) => http.graphql('{a}'),
  ],
  [
    'GraphQL errors',
    json({errors: Array(1_000).fill({message: LONG.slice(0, 900)})}),
    (http) => http.graphql('{a}'),
  ],
  ['an odd GraphQL error', json({errors: [{[LONG]: LONG}]}), (http) => http.graphql('{a}')],
  [
    'partial GraphQL data',
    json({data: {a: 1}, errors: [{message: LONG}]}),
    (http) => http.graphql('{a}', {}, {partial: 'keep'}),
  ],
  [
    'a refusal of a token',
    json({error: LONG, error_description: LONG}, 400),
    get,
    {
      auth: oauth2({
        tokenUrl: '/token',
        client: {id: 'a', secret: 'hush'},
        grant: 'client_credentials',
      }),
    },
  ],
  [
    'a token',
    json({[LONG]: LONG}),
    get,
    {
      auth: oauth2({
        tokenUrl: '/token',
        client: {id: 'a', secret: 'hush'},
        grant: 'client_credentials',
      }),
    },
  ],
  [
    'a login',
    json({error: LONG}),
    get,
    {
      auth: sessionToken({
        login: {path: '/login', json: {}},
        token: 'token',
        send: {header: 'x-token'},
      }),
    },
  ],
  [
    'the name of a file',
    (response) => response.end(zipOf([{name: `${HEADER}.json`, content: 'nonsense'}])),
    get,
  ],
  [
    'the name of a file in a download',
    (response) => response.end(zipOf([{name: `${HEADER}.json`, content: 'nonsense'}])),
    downloaded({}),
  ],
];

test.each(PLACES)('%s is quoted in part', async (_place, respond, use, options = {}) => {
  const origin = await serve((message, response) => {
    message.resume();
    respond(response);
  });
  const logged: string[] = [];
  const {close, ...http} = openHttpClient(
    {baseUrl: origin, retry: {attempts: 2}, ...options},
    {
      signal: new AbortController().signal,
      clock: virtualClock(0),
      random: () => 0.5,
      log: (_level, line) => logged.push(line),
    },
  );
  const failure: unknown = await use(http).catch((error) => error);
  await close();
  const lengths = [String(failure), ...logged].map(({length}) => length);
  expect(Math.max(...lengths)).toBeLessThan(LONGEST_MESSAGE);
  expect(stackOf(failure)?.length ?? 0).toBeLessThan(LONGEST_STACK);
});

test('what a source or a library says is cut at the end of all', () => {
  const failure = {
    type: 'system_error',
    message: LONG,
    internalMessage: LONG,
    stack: LONG,
  } as const;
  const {trace} = errorTrace(failure, 0);
  const {log} = logMessage('ERROR', LONG, LONG);
  const {connectionStatus: status} = connectionStatus('FAILED', LONG);
  const {error} = trace ?? {};
  const cut = `${LONG.slice(0, 10_000)}…`;
  const cutStack = `${LONG.slice(0, 20_000)}…`;
  expect([log?.message, log?.stack_trace, status?.message]).toEqual([cut, cutStack, cut]);
  expect([error?.message, error?.internal_message, error?.stack_trace]).toEqual([
    cut,
    cut,
    cutStack,
  ]);
});

test('a stack with causes that quote much is cut', () => {
  let error = new Error(LONG);
  for (let depth = 0; depth < 20; depth += 1) error = new Error(LONG, {cause: error});
  expect(stackOf(error)?.length).toBe(15_001);
});
