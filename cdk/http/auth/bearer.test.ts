import {describe, expect, test} from '@jest/globals';
import {failureOf} from '../../../test/support/failure.ts';
import type {HttpRequest, Send} from '../message.ts';
import {bearer} from './bearer.ts';

describe('bearer', () => {
  test('adds the token to each request and leaves the rest of it alone', async () => {
    const sent: HttpRequest[] = [];
    const wire: Send = async (request) => {
      sent.push(request);
      return {status: 200, headers: {}, body: Buffer.alloc(0), url: request.url};
    };
    const request: HttpRequest = {
      method: 'GET',
      url: new URL('https://api.test/user'),
      headers: {accept: 'application/json', authorization: 'Basic b2xk'},
    };
    await bearer('ghp_1-2.3~4+5/6==')(wire)(request);
    expect(sent).toEqual([
      {
        method: 'GET',
        url: new URL('https://api.test/user'),
        headers: {accept: 'application/json', authorization: 'Bearer ghp_1-2.3~4+5/6=='},
      },
    ]);
    expect(request.headers['authorization']).toBe('Basic b2xk');
  });

  test.each([
    ['nothing', ''],
    ['a line break at its end', 'ghp_1234\n'],
    ['a space', 'ghp 1234'],
    ['a letter beyond ASCII', 'ghp_1234…'],
  ])('refuses a token with %s, and does not show it', async (_what, token) => {
    expect(await failureOf(() => bearer(token))).toBe(
      'ConfigError: The token in the config is empty, or holds a space, a line break or another character that no ' +
        'token has: paste it again.',
    );
  });
});
