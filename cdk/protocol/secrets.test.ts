import {inspect} from 'node:util';
import {describe, expect, test} from '@jest/globals';
import {secretValues} from '../json/marked-secrets.ts';
import {createRedactor} from './secrets.ts';

const secret = {type: 'string', airbyte_secret: true};

describe('the secrets of a config', () => {
  test.each([
    ['at the top', {properties: {token: secret}}, {token: 'hush', name: 'me'}, ['hush']],
    [
      'nested',
      {properties: {auth: {properties: {token: secret}}}},
      {auth: {token: 'hush', name: 'me'}},
      ['hush'],
    ],
    [
      'in a list',
      {properties: {tokens: {items: secret}}},
      {tokens: ['one', 'two']},
      ['one', 'two'],
    ],
    [
      'in a list that is secret as a whole',
      {properties: {tokens: {type: 'array', airbyte_secret: true}}},
      {tokens: ['one', ['two']]},
      ['one', 'two'],
    ],
    [
      'in objects of a list',
      {properties: {accounts: {items: {properties: {token: secret}}}}},
      {accounts: [{token: 'one'}, {name: 'me'}, {token: 'two'}]},
      ['one', 'two'],
    ],
    [
      'in an object that is secret as a whole',
      {properties: {key: {type: 'object', airbyte_secret: true}}},
      {key: {id: 'one', parts: {private: 'two'}}},
      ['one', 'two'],
    ],
    [
      'in any option of a oneOf',
      {oneOf: [{properties: {token: secret}}, {properties: {password: secret}}]},
      {password: 'hush', user: 'me'},
      ['hush'],
    ],
    [
      'in an anyOf within an allOf',
      {allOf: [{anyOf: [{properties: {token: secret}}]}]},
      {token: 'hush'},
      ['hush'],
    ],
    [
      'under names that the user chooses',
      {properties: {name: {}}, additionalProperties: secret},
      {name: 'me', 'x-api-key': 'hush'},
      ['hush'],
    ],
    ['a number', {properties: {pin: {...secret, type: 'integer'}}}, {pin: 12345}, ['12345']],
    [
      'in place of the object they belong to',
      {properties: {auth: {oneOf: [{properties: {token: secret}}]}}},
      {auth: 'hush'},
      ['hush'],
    ],
    ['absent', {properties: {token: secret}}, {}, []],
    ['null', {properties: {token: secret}}, {token: null}, []],
    ['a switch, which hides nothing', {properties: {token: secret}}, {token: true}, []],
    ['not marked', {properties: {token: {type: 'string'}}}, {token: 'seen'}, []],
    ['marked as not', {properties: {token: {airbyte_secret: false}}}, {token: 'seen'}, []],
    ['in a config that is null', {properties: {token: secret}}, null, []],
  ])('are found %s', (_where, schema, config, expected) => {
    expect(secretValues(schema, config)).toEqual(expected);
  });
});

describe('a redactor', () => {
  const redact = (secrets: readonly string[], text: string): string => {
    const redactor = createRedactor();
    redactor.add(secrets);
    return redactor.redact(text);
  };

  test('replaces every occurrence, and nothing else', () => {
    expect(redact(['hush'], 'hush, Hush and hushed')).toBe('****, Hush and ****ed');
  });

  test('replaces the longest first, so that no part of it remains', () => {
    expect(redact(['hush', 'hush-hush', 'ush'], 'say hush-hush or hush')).toBe('say **** or ****');
  });

  test('takes more secrets later', () => {
    const redactor = createRedactor();
    redactor.add(['first']);
    redactor.add(['second-first']);
    expect(redactor.redact('first second-first third')).toBe('**** **** third');
  });

  test('ignores secrets shorter than three characters', () => {
    expect(redact(['ab', 'x', '', 'abc'], 'ab x abc')).toBe('ab x ****');
  });

  test('takes a secret as a string, not as a pattern', () => {
    expect(redact(['a.c$&'], 'abc a.c$& a.c')).toBe('abc **** a.c');
  });

  test('knows no secret at first', () => {
    expect(createRedactor().redact('hush')).toBe('hush');
  });

  const SECRET = 'p@ss/w"rd+1 é=';

  test.each([
    ['JSON', JSON.stringify({password: SECRET}), '{"password":"****"}'],
    ['JSON by Python', '{"password":"p@ss/w\\"rd+1 \\u00e9="}', '{"password":"****"}'],
    ['JSON in JSON', JSON.stringify(JSON.stringify(SECRET)), '"\\"****\\""'],
    ['JSON by PHP', '{"password":"p@ss\\/w\\"rd+1 é="}', '{"password":"****"}'],
    [
      'a query',
      `https://api.test/?p=${encodeURIComponent(SECRET)}&x=1`,
      'https://api.test/?p=****&x=1',
    ],
    ['a query in lower case', 'p=p%40ss%2fw%22rd%2b1%20%c3%a9%3d&x=1', 'p=****&x=1'],
    [
      'a query with base64',
      `p=${encodeURIComponent(Buffer.from(SECRET).toString('base64'))}`,
      'p=****',
    ],
    ['a form', `${new URLSearchParams({p: SECRET, x: '1'})}`, 'p=****&x=1'],
    ['a path', new URL(`https://api.test/a${SECRET}/b`).href, 'https://api.test/a****/b'],
    ['base64', Buffer.from(SECRET).toString('base64'), '****'],
    ['URL-safe base64', Buffer.from(SECRET).toString('base64url'), '****'],
  ])('finds a secret in %s', (_form, text, expected) => {
    expect(redact([SECRET], text)).toBe(expected);
  });

  test.each([['back\\slash'], ["back\\slash and 'quotes'"], ['back\\slash and\nline']])(
    'finds %j inside an object that Node prints',
    (secret) => {
      expect(redact([secret], inspect({secret}, {breakLength: 200}))).toMatch(
        /^\{ secret: .\*{4}. \}$/,
      );
    },
  );

  test.each([
    ['Go', String.raw`a\u003cb\u003e\u0026'(c)*`],
    ['a strict encoder', 'a%3Cb%3E%26%27%28c%29%2A'],
  ])('finds a secret that %s escaped more than others do', (_who, text) => {
    expect(redact(["a<b>&'(c)*"], text)).toBe('****');
  });

  test('finds a secret in base64 with padding', () => {
    expect(redact(['hush'], 'aHVzaA==, aHVzaA')).toBe('****==, ****');
  });

  const LONG = 'ghp_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789?>~';

  /** The length of the longest part of the secret's base64 in a string; its first and last characters depend on the neighbours. */
  const longestRest = (text: string): number =>
    Math.max(
      ...[0, 1, 2].map((shift) => {
        const whole = Buffer.from(' '.repeat(shift) + LONG).toString('base64');
        let longest = 0;
        for (let from = 0; from < whole.length; from += 1) {
          for (
            let to = from + 1;
            to <= whole.length && text.includes(whole.slice(from, to));
            to += 1
          ) {
            longest = Math.max(longest, to - from);
          }
        }
        return longest;
      }),
    );

  test.each([
    ['user', ''],
    ['user1', ''],
    ['user12', ''],
    ['', ''],
    ['a', ':more'],
    ['ab', ':more'],
    ['abc', ':more'],
  ])('finds a secret inside the base64 of a longer string: %s:…%s', (before, after) => {
    const text = `${before}:${LONG}${after}`;
    for (const encoding of ['base64', 'base64url'] as const) {
      const masked = redact([LONG], `Basic ${Buffer.from(text).toString(encoding)}`);
      expect(masked).toContain('****');
      expect(longestRest(masked)).toBeLessThanOrEqual(4);
    }
  });

  const PEM = [
    '-----BEGIN PRIVATE KEY-----',
    'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj',
    'MzEfYyjiWA4R4/M2bS1GB4t7NXp98C3SC6dVMvDuictGeurT8jNbvJZHtCSuYEvu',
    'NMoSfm76oqFvAp8Gy0iz5sxjZmSnXyCdPEovGhLa0VzMaQ8s+CLOyS56YyCFGeJZ',
    '-----END PRIVATE KEY-----',
    '',
  ];

  test.each([
    ['unchanged', PEM.join('\n'), '****'],
    ['in JSON', JSON.stringify(PEM.join('\n')), '"****"'],
    ['without the line break at its end', PEM.join('\n').trim(), '****'],
    ['with other line ends', PEM.join('\r\n'), '****\r\n'],
    ['line by line', `read ${PEM[1]}, then ${PEM[3]}`, 'read ****, then ****'],
  ])('finds a private key of many lines %s', (_form, text, expected) => {
    expect(redact([PEM.join('\n')], text)).toBe(expected);
  });

  test('finds the JSON of a service account, and the lines of the private key inside it', () => {
    const account = JSON.stringify({client_email: 'me@test', private_key: PEM.join('\n')}, null, 2);
    expect(redact([account], account)).toBe('****');
    expect(redact([account], `key: ${PEM[2]}`)).toBe('key: ****');
  });

  test('finds a secret that ends with half a surrogate pair', () => {
    expect(redact(['hush\ud83d'], 'say hush\ud83d!')).toBe('say ****!');
  });

  test.each([
    ['raw', 'token ghp_AbCdEfGh…', 'token ****…'],
    [
      'in base64',
      `Basic ${Buffer.from(`user:${LONG}`).toString('base64').slice(0, 24)}…`,
      'Basic dXNlcjp****…',
    ],
    ['twice', `one ghp_AbC…, two ghp_AbCdEfGhIjK…`, 'one ****…, two ****…'],
    ['and whole before', `${LONG}ghp_…`, '********…'],
  ])('masks the beginning of a secret that was cut: %s', (_form, text, expected) => {
    expect(redact([LONG], text)).toBe(expected);
  });

  test('does not mask the beginning of a secret if nothing was cut', () => {
    expect(redact([LONG], 'ghp_ is what a token begins with…')).toBe(
      'ghp_ is what a token begins with…',
    );
  });

  test('masks a megabyte with 50 secrets in less than 200 ms', () => {
    const tokens = Array.from({length: 50}, (_none, index) => `ghp_${index}_${LONG}`);
    const line = `DEBUG GET https://api.test/items 200 12 ms 4711 bytes, ${'x1Y/+z'.repeat(40)}`;
    const lines = Array.from({length: 3_500}, (_none, index) =>
      index % 10 === 0 ? `${line}${tokens[index % 50]}` : line,
    );
    const text = lines.join('\n');
    const redactor = createRedactor();
    redactor.add(tokens);
    // CPU time, and the best of several, because other tests keep the machine busy.
    const took = Array.from({length: 5}, () => {
      const before = process.cpuUsage();
      redactor.redact(text);
      return process.cpuUsage(before).user / 1000;
    });
    expect(text.length).toBeGreaterThan(1_000_000);
    expect(redactor.redact(text)).toBe(
      lines.map((_line, index) => (index % 10 === 0 ? `${line}****` : line)).join('\n'),
    );
    expect(Math.min(...took)).toBeLessThan(200);
  });
});
