// Configs with whole numbers that JavaScript cannot hold.
import {describe, expect, test} from '@jest/globals';
import {failureOf} from '../../test/failure-of.ts';
import {parseExact} from '../json/exact.ts';
import type {JsonObject} from '../json/values.ts';
import {validateConfig} from './config.ts';

const schema: JsonObject = {
  type: 'object',
  properties: {
    account_id: {type: ['string', 'integer']},
    id: {type: 'integer'},
    key: {type: ['string', 'integer'], airbyte_secret: true},
  },
};

const read = (text: string, spec = schema): Promise<string> =>
  failureOf(async () => validateConfig(spec, parseExact<JsonObject>(text)));

const fault = (path: string, digits: string, hint = ''): string =>
  `${path} is the number ${digits}, which is beyond 2^53, where JSON numbers are not exact in JavaScript: write it in quotes, as "${digits}"${hint}`;

const ASK =
  ', which this source does not take there yet: ask its author to declare the field as a string';

describe('a number in a config that JavaScript cannot hold', () => {
  test.each<[string, string, string]>([
    ['at the top', '{"account_id": 12345678901234567}', fault('account_id', '12345678901234567')],
    ['below zero', '{"account_id":-12345678901234567}', fault('account_id', '-12345678901234567')],
    [
      'just beyond 2^53',
      '{"account_id":9007199254740993}',
      fault('account_id', '9007199254740993'),
    ],
    [
      'of 21 digits',
      '{"account_id":100000000000000000001}',
      fault('account_id', '100000000000000000001'),
    ],
    [
      'of 22 digits',
      '{"account_id":1000000000000000000000}',
      fault('account_id', '1000000000000000000000'),
    ],
    [
      'with a point',
      '{"account_id":12345678901234567.0}',
      fault('account_id', '12345678901234567.0'),
    ],
    ['with an exponent', '{"account_id":1e21}', fault('account_id', '1e+21')],
    ['in an object', '{"a":{"b":12345678901234567}}', fault('a.b', '12345678901234567')],
    ['in a list', '{"ids":[1,12345678901234567]}', fault('ids.1', '12345678901234567')],
    [
      'in a list of objects',
      '{"a":[{"id":12345678901234567}]}',
      fault('a.0.id', '12345678901234567'),
    ],
    [
      'where only a number may be',
      '{"id":12345678901234567}',
      fault('id', '12345678901234567', ASK),
    ],
    [
      'more than once',
      '{"account_id":12345678901234567,"x":12345678901234569}',
      `${fault('account_id', '12345678901234567')}; ${fault('x', '12345678901234569')}`,
    ],
  ])('is an error that says to quote it: %s', async (_where, text, expected) => {
    expect(await read(text)).toBe(
      `ConfigError: The config has numbers that cannot be used: ${expected}.`,
    );
  });

  test('is not shown if it is a secret', async () => {
    expect(await read('{"key":12345678901234567}')).toBe(
      'ConfigError: The config has numbers that cannot be used: key is a number, which is beyond 2^53, where JSON numbers are not exact in JavaScript: write it in quotes.',
    );
  });

  test.each([
    ['{"account_id":"12345678901234567"}'],
    ['{"account_id":9007199254740991}'],
    ['{"account_id":9007199254740992}'],
    ['{"account_id":12345678901234568}'],
    ['{"account_id":100000000000000000000}'],
    ['{"rate":0.12345678901234567890}'],
    ['{"rate":1.5e10}'],
    ['{"_limit":12345678901234567}'],
    ['{"note":"12345678901234567, or [12345678901234567]"}'],
  ])('is not found in %s', (text) => {
    expect(() => validateConfig(schema, parseExact<JsonObject>(text))).not.toThrow();
  });
});
