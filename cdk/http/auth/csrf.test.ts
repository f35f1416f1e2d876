import {describe, expect, test} from '@jest/globals';
import {failureOf} from '../../../test/failure-of.ts';
import {withAuth} from '../../../test/http/authorized.ts';
import {type Reply, serveLogins} from '../../../test/http/login-server.ts';
import type {HttpClient} from '../client.ts';
import {session} from './session.ts';

const search = (http: HttpClient): Promise<unknown> => http.search('/items', {json: {limit: 1}});

describe('a CSRF token that the API refuses', () => {
  /** The API refuses the first sessions in this way. */
  const refusingUntil = async (good: string, refusal: Reply) => {
    let issued = 0;
    const {origin, paths} = await serveLogins(({path, headers}) => {
      if (path === '/items') return headers['x-csrf'] === good ? [200, []] : refusal;
      issued += 1;
      return [200, {token: `csrf-${issued}`}];
    });
    const auth = session(async (http) => {
      const {token} = await (await http.get('/token')).content<{token: string}>();
      return {headers: {'x-csrf': token}};
    });
    return {read: () => withAuth({baseUrl: origin, auth}, search), paths};
  };

  test.each<[string, Reply]>([
    ['SAP, by its header', [403, '', {'x-csrf-token': 'Required'}]],
    ['SAP, by its words', [403, 'CSRF token validation failed']],
    ['Django', [403, '<h1>Forbidden</h1><p>CSRF verification failed. Request aborted.</p>']],
    ["Django's REST framework", [403, {detail: 'CSRF Failed: CSRF token missing.'}]],
    ['Laravel', [419, {message: 'CSRF token mismatch.'}]],
    ['Spring', [403, {message: "Invalid CSRF Token 'null' was found on the request."}]],
    ['Jenkins', [403, '<title>Error 403 No valid crumb was included in the request</title>']],
    ['Rails', [422, {error: "Can't verify CSRF token authenticity."}]],
    ['Rails, by its exception', [422, 'ActionController::InvalidAuthenticityToken']],
    ['Flask', [400, '<p>The CSRF token has expired.</p>']],
    ['Express', [403, {code: 'EBADCSRFTOKEN', message: 'invalid csrf token'}]],
    ['Atlassian', [403, 'XSRF check failed']],
    ['a code', [403, {error: 'invalid_csrf_token'}]],
  ])('is fetched again once: %s', async (_who, refusal) => {
    const {read, paths} = await refusingUntil('csrf-2', refusal);
    expect((await read()).result).toEqual([]);
    expect(paths()).toEqual(['GET /token', 'POST /items', 'GET /token', 'POST /items']);
  });

  test('is an error if the new one is refused too', async () => {
    const {read} = await refusingUntil('csrf-9', [403, {message: 'CSRF token mismatch.'}]);
    expect(await failureOf(read)).toMatch(
      /^SystemError: POST \S+\/items answered 403: CSRF token mismatch\. The API refused the CSRF token of a new session too: /,
    );
  });

  test.each<[string, Reply]>([
    ['a missing permission', [403, {message: 'You may not read this.'}]],
    ['a page with its own token', [403, '<meta name="csrf-token" content="x"><p>Forbidden</p>']],
    ['another status', [404, 'CSRF token validation failed']],
  ])('is not meant by %s', async (_what, refusal) => {
    const {read, paths} = await refusingUntil('csrf-2', refusal);
    await failureOf(read);
    expect(paths()).toEqual(['GET /token', 'POST /items']);
  });
});
