// Logins that are refused with status 200, as JSON-RPC, PHP and half of all self-hosted products do.
import {describe, expect, test} from '@jest/globals';
import nock from 'nock';
import {API, failureWith, withAuth} from '../../../test/http/authorized.ts';
import {ConfigError} from '../../errors.ts';
import type {HttpOptions} from '../client.ts';
import {oauth2} from './oauth2.ts';
import {sessionToken} from './session-token.ts';

const PASSWORD = 'hush-1';
const auth = sessionToken({
  // https://www.zabbix.com/documentation/current/en/manual/api/reference/user/login
  login: {
    path: '/rpc',
    json: {
      jsonrpc: '2.0',
      method: 'user.login',
      params: {username: 'alice', password: PASSWORD},
      id: 1,
    },
  },
  token: 'result',
  send: {header: 'authorization', prefix: 'Bearer '},
});

type Reply = readonly [status: number, body?: object | string, headers?: nock.ReplyHeaders];

const respond = ([status, body, headers]: Reply) =>
  nock(API).post('/rpc').times(5).reply(status, body, headers);

const JSON_TYPE = {'content-type': 'application/json'};
const AT = 'POST https://api.test/rpc answered';
const REFUSED =
  'The login was refused: check the credentials in the config, and that this user may use the API.';
const HTML = {'content-type': 'text/html; charset=utf-8'};

describe('a login that is refused is a config error in the words of the API', () => {
  test.each<[string, Reply, string]>([
    [
      'an error of JSON-RPC',
      [200, {jsonrpc: '2.0', error: {code: -32500, message: 'Wrong user name.'}, id: 1}],
      `${AT} 200: Wrong user name. ${REFUSED}`,
    ],
    [
      'success: false',
      [200, {success: false, message: 'Wrong password.'}],
      `${AT} 200: Wrong password. ${REFUSED}`,
    ],
    [
      'success: false beside a token',
      [200, {success: false, message: 'Locked.', result: '0'}],
      `${AT} 200: Locked. ${REFUSED}`,
    ],
    ['ok: false', [200, {ok: false, error: 'invalid_auth'}], `${AT} 200: invalid_auth. ${REFUSED}`],
    [
      'status: error',
      [200, {status: 'error', message: 'Unknown user'}],
      `${AT} 200: Unknown user. ${REFUSED}`,
    ],
    [
      "JSend's status: fail",
      [200, {status: 'fail', message: 'Unknown user', data: null}],
      `${AT} 200: Unknown user. ${REFUSED}`,
    ],
    [
      'a list of errors',
      [200, {errors: [{message: 'Expired.'}, {message: 'Locked.'}]}],
      `${AT} 200: Expired; Locked. ${REFUSED}`,
    ],
    [
      'a list of errors at the top',
      [200, [{errorCode: 'INVALID_LOGIN', message: 'Invalid username.'}]],
      `${AT} 200: Invalid username. ${REFUSED}`,
    ],
    [
      'errors by field',
      [200, {errors: {password: 'did not match'}}],
      `${AT} 200: password: did not match. ${REFUSED}`,
    ],
    [
      'an error that is a string',
      [200, {error: 'Login failed', result: null}],
      `${AT} 200: Login failed. ${REFUSED}`,
    ],
    [
      'a code and a message',
      [200, {code: 40_001, msg: 'Invalid password', data: {}}],
      `${AT} 200: Invalid password. ${REFUSED}`,
    ],
    [
      'only a message',
      [200, {message: 'Two-factor code required'}],
      `${AT} 200: Two-factor code required. ${REFUSED}`,
    ],
    [
      'a string in JSON',
      [200, '"Wrong password."', JSON_TYPE],
      `${AT} 200: Wrong password. ${REFUSED}`,
    ],
    ['a sentence', [200, 'Fails.', {'content-type': 'text/plain'}], `${AT} 200: Fails. ${REFUSED}`],
    [
      'a login page',
      [200, '<!doctype html><title>Sign in</title>', HTML],
      `${AT} with HTML instead of JSON (content-type text/html; charset=utf-8): Sign in. It may be a login or error page. ` +
        "Check the credentials, and that the URL in the config is the API's own.",
    ],
    [
      'a fault in XML',
      [
        200,
        '<?xml version="1.0"?><Fault><faultstring>Bad login</faultstring></Fault>',
        {'content-type': 'text/xml'},
      ],
      `${AT} with XML instead of JSON (content-type text/xml): Bad login. It may be an error of the API. Check \`decode\`, ` +
        "and that the URL in the config is the API's own.",
    ],
    ['an empty body', [200, '', JSON_TYPE], `${AT} 200. Its body is empty. ${REFUSED}`],
    ['204', [204], `${AT} 204. Its body is empty. ${REFUSED}`],
    [
      'false, as Odoo sends it',
      [200, {jsonrpc: '2.0', id: 1, result: false}],
      `${AT} 200, but its field "result" is false where a token should be. ${REFUSED}`,
    ],
    [
      'null',
      [200, {result: null}],
      `${AT} 200, but its field "result" is null where a token should be. ${REFUSED}`,
    ],
    [
      'a redirect to a login page',
      [302, '', {location: '/login?error=1'}],
      `${AT} 302. It redirects to https://api.test/login. ${REFUSED}`,
    ],
    [
      'a redirect elsewhere',
      [307, '', {location: 'https://sso.test/'}],
      `${AT} 307. It redirects to https://sso.test/. ${REFUSED}`,
    ],
    ['401', [401, {message: 'No.'}], `${AT} 401: No. ${REFUSED}`],
    [
      'a field that is named otherwise is the fault of the source',
      [200, {accessToken: 'session-1', message: 'Welcome'}],
      `${AT} 200, but its field "result" is undefined where a token should be.`,
    ],
  ])('with %s', async (_how, reply, expected) => {
    respond(reply);
    const type = expected.includes('undefined') ? 'SystemError' : 'ConfigError';
    expect(await failureWith({auth})).toBe(`${type}: ${expected}`);
  });

  test('with words inside an object of its own, which are quoted', async () => {
    respond([200, {login: {result: 'Failed', reason: 'Incorrect password entered.'}}]);
    expect(await failureWith({auth})).toMatch(
      /^ConfigError: POST https:\/\/api.test\/rpc answered 200: .*Incorrect password entered.* The login was refused/,
    );
  });
});

describe('a login that succeeds', () => {
  test.each<[string, Reply, string, string?]>([
    ['beside an empty error', [200, {error: null, errors: [], result: 'session-1'}], 'session-1'],
    ['beside a message', [200, {success: true, message: 'Welcome', result: 's-1'}], 's-1'],
    ['with a number', [200, {result: 12_345}], '12345'],
    ['with 201 and a location', [201, {result: 'session-1'}, {location: '/login'}], 'session-1'],
    ['with nothing but the token', [200, '"session-1"', JSON_TYPE], 'session-1', ''],
  ])('%s sends its token', async (_how, reply, token, location = 'result') => {
    respond(reply);
    const seen: unknown[] = [];
    nock(API)
      .get('/items')
      .reply(200, (request: Request) => {
        seen.push(request.headers.get('authorization'));
        return [];
      });
    const options = {
      login: {path: '/rpc', json: {}},
      token: location,
      send: {header: 'authorization'},
    };
    await withAuth({auth: sessionToken(options)}, (http) => http.get('/items'));
    expect(seen).toEqual([token]);
  });

  test('has its password masked, also one inside an object', async () => {
    respond([200, {result: 'session-1'}]);
    nock(API).get('/items').reply(200, []);
    const {redact} = await withAuth({auth}, (http) => http.get('/items'));
    expect(redact(`alice ${PASSWORD} session-1`)).toBe('alice **** ****');
  });
});

describe("the source's own rules and explanation hold for", () => {
  const machine = oauth2({
    tokenUrl: '/rpc',
    client: {id: 'app', secret: 'hush-2'},
    grant: 'client_credentials',
  });
  const kinds = [
    {kind: 'a login', auth},
    {kind: 'a token request', auth: machine},
  ];

  test.each(kinds)('$kind: a rule that fails has its advice and its failure type', async (kind) => {
    respond([200, {result: {state: 'locked'}, message: 'Locked.'}]);
    const rules: HttpOptions['rules'] = [
      {
        body: {path: 'result.state', matches: /locked/},
        action: 'fail',
        failure: 'transient_error',
        advice: 'Wait an hour.',
      },
    ];
    expect(await failureWith({auth: kind.auth, rules})).toBe(
      `TransientError: ${AT} 200: Locked. Wait an hour.`,
    );
  });

  test.each(kinds)('$kind: a rule that fails is a config error', async (kind) => {
    respond([200, {message: 'Maintenance.', result: 'session-1', access_token: 'access-1'}]);
    const rules: HttpOptions['rules'] = [{text: /Maintenance/, action: 'fail'}];
    expect(await failureWith({auth: kind.auth, rules})).toBe(
      `ConfigError: ${AT} 200: Maintenance. ${REFUSED}`,
    );
  });

  test.each(kinds)('$kind: a rule that retries does', async (kind) => {
    nock(API).post('/rpc').reply(200, {error: 'Server is starting'});
    nock(API).post('/rpc').reply(200, {result: 'session-1', access_token: 'session-1'});
    nock(API, {reqheaders: {authorization: 'Bearer session-1'}})
      .get('/items')
      .reply(200, []);
    const rules: HttpOptions['rules'] = [{text: /is starting/, action: 'retry'}];
    const {result} = await withAuth({auth: kind.auth, rules}, (http) => http.get('/items'));
    expect(result).toEqual([]);
  });

  test.each(kinds)('$kind: a rule that ignores does not make it a login', async (kind) => {
    respond([404, {message: 'Not here.'}]);
    const rules: HttpOptions['rules'] = [{status: 404, action: 'ignore'}];
    expect(await failureWith({auth: kind.auth, rules})).toBe(
      `ConfigError: ${AT} 404: Not here. ${REFUSED}`,
    );
  });

  test.each([
    ['a login', auth, {error: {message: 'blocked', code: 7}}],
    ['a login with a page', auth, '<!doctype html><title>Sign in</title>'],
    ['a login with a status', auth, undefined],
    ['a token request', machine, {error: 'invalid_client'}],
    ['a token request with a page', machine, '<!doctype html><title>Sign in</title>'],
    ['a token request with a status', machine, undefined],
  ])('%s: an explanation replaces the error', async (_kind, given, body) => {
    respond(body === undefined ? [404] : [200, body]);
    const explain: HttpOptions['explain'] = ({url, status}) =>
      new ConfigError(`Unlock the user, then sync again (${status} of ${url.pathname}).`);
    expect(await failureWith({auth: given, explain})).toBe(
      `ConfigError: Unlock the user, then sync again (${body === undefined ? 404 : 200} of /rpc).`,
    );
  });
});

test.each<[string, object | string, nock.ReplyHeaders, string]>([
  [
    'success: false',
    {success: false, message: 'Client is disabled.'},
    JSON_TYPE,
    `${AT} 200: Client is disabled. ${REFUSED}`,
  ],
  [
    'errors',
    {errors: [{message: 'Unknown client.'}]},
    JSON_TYPE,
    `${AT} 200: Unknown client. ${REFUSED}`,
  ],
  ['a sentence', 'Denied.', {'content-type': 'text/plain'}, `${AT} 200: Denied. ${REFUSED}`],
  ['nothing', '', JSON_TYPE, `${AT} 200. Its body is empty. ${REFUSED}`],
  [
    'a page',
    '<!doctype html><title>Sign in</title>',
    HTML,
    `${AT} with HTML instead of JSON (content-type text/html; charset=utf-8): Sign in. It may be a login or error page. ` +
      "Check the credentials, and that the URL in the config is the API's own.",
  ],
])(
  'a token endpoint that refuses with status 200 and %s',
  async (_how, body, headers, expected) => {
    respond([200, body, headers]);
    const machine = oauth2({tokenUrl: '/rpc', client: {id: 'app'}, grant: 'client_credentials'});
    expect(await failureWith({auth: machine})).toBe(`ConfigError: ${expected}`);
  },
);
