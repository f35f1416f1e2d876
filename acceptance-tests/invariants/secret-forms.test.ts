// Compared with the forms of the scan in cdk/testing/secret-scan, which were written independently.
import {describe, expect, test} from '@jest/globals';
import {formsOf as formsToFind} from '../../cdk/testing/secret-scan/encodings.ts';
import {encodingIn, maskerOf, searchFor, secretsOf} from './secret-forms.ts';

const isFound = (text: string, secret: string): boolean =>
  encodingIn(text, searchFor(secret)) !== undefined;

describe('a secret is found', () => {
  test.each([
    ['of letters', 'abcdefghijkl'],
    ['of all kinds of characters', `p&s+s "w'ö<r>d/=\\1\u2028`],
    [
      'of several lines',
      '-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0\nBAQEFAASCBKcwggSjAgEA\n-----END KEY-----',
    ],
  ])('%s in every encoding', (_name, secret) => {
    const missed = [...formsToFind(secret)].filter(([form]) => !isFound(form, secret));
    expect(missed).toEqual([]);
  });

  test.each([0, 1, 2, 3, 4, 5])('in Basic after a user of %d characters', (length) => {
    const header = Buffer.from(`${'u'.repeat(length)}:a-long-secret`).toString('base64');
    expect(isFound(`Authorization: Basic ${header}`, 'a-long-secret')).toBe(true);
  });
});

test('a string without the secret is not a match', () => {
  expect(isFound('nothing to see here, abcdefghijk', 'abcdefghijkl')).toBe(false);
});

describe('the secrets of a config are', () => {
  const key = {type: 'string', airbyte_secret: true};
  const schema = {
    properties: {
      auth: {oneOf: [{properties: {token: key}}, {properties: {password: key}}]},
      list: {type: 'array', items: {properties: {key}}},
      several: {type: 'array', items: key},
      user: {type: 'string'},
    },
  };
  const config = {
    auth: {password: 'the-password'},
    list: [{key: 'the-first-key', name: 'the-first-name'}, {key: 'the-second-key'}],
    several: ['one-of-many', 'two-of-many'],
    user: 'the-user-name',
    token: 'no-secret-by-the-spec',
  };

  test('those that the spec marks, at any depth', () => {
    expect(secretsOf(config, {connectionSpecification: schema})).toEqual([
      'the-password',
      'the-first-key',
      'the-second-key',
      'one-of-many',
      'two-of-many',
    ]);
  });

  test('those under references and patterns', () => {
    const tokens = {
      properties: {app: {$ref: '#/definitions/app'}},
      patternProperties: {'^key_': key},
      definitions: {app: {oneOf: [{properties: {pin: {type: 'array', items: key}}}]}},
    };
    const given = {app: {pin: ['the-pin-of-app']}, key_one: 'the-key-of-one'};
    expect(secretsOf(given, {connectionSpecification: tokens})).toEqual([
      ...['the-pin-of-app', 'the-key-of-one'],
    ]);
  });

  test('without a spec, those with names of secrets', () => {
    expect(secretsOf(config, undefined)).toEqual([
      'the-password',
      'the-first-key',
      'the-second-key',
      'no-secret-by-the-spec',
    ]);
  });

  test('not those that are too short to distinguish from words', () => {
    expect(secretsOf({token: 'abcde'}, undefined)).toEqual([]);
  });
});

test('the masked line holds no secret of the config in any form', () => {
  const mask = maskerOf({token: 'the-token', password: 'the-token-and-more'}, undefined);
  expect(mask('the-token, the-token-and-more, dGhlLXRva2Vu, nothing')).toBe(
    '****, ****, ****, nothing',
  );
  expect(mask('nothing')).toBe('nothing');
});
