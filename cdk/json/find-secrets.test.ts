import {inspect} from 'node:util';
import {describe, expect, test} from '@jest/globals';
import {openSecretFinder, replaceParts} from './find-secrets.ts';

const SECRET = `p@S+s "w'ö<r>d/=\\1&x`;

const mask = (secret: string, text: string, shortest = 3): string => {
  const finder = openSecretFinder({shortest, shortestLine: 8});
  finder.add([secret]);
  return replaceParts(text, [...finder.find(text), ...finder.findCut(text, '…')], '****');
};

const hex = (text: string, between = ''): string =>
  [...Buffer.from(text)].map((byte) => byte.toString(16).padStart(2, '0')).join(between);
const eachUnit = (text: string, write: (code: number) => string): string =>
  text
    .split('')
    .map((unit) => write(unit.charCodeAt(0)))
    .join('');
const eachByte = (text: string, write: (byte: number) => string): string =>
  [...Buffer.from(text)].map(write).join('');
const u = (code: number): string => `\\u${code.toString(16).padStart(4, '0')}`;
const json = (text: string): string => JSON.stringify(text).slice(1, -1);
const html = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
const component = encodeURIComponent;
const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('a secret is found', () => {
  test.each<[string, string]>([
    ['as it is', SECRET],
    ['in upper case', SECRET.toUpperCase()],
    ['in lower case', SECRET.toLowerCase()],
    ['with its accents apart', SECRET.normalize('NFD')],
    ['in JSON', json(SECRET)],
    ['in JSON in JSON', json(json(SECRET))],
    ['in JSON in JSON in JSON', json(json(json(SECRET)))],
    ['in JSON by PHP', json(SECRET).replaceAll('/', '\\/')],
    ['in JSON by Go', json(SECRET).replace(/[<>&]/g, (one) => u(one.charCodeAt(0)))],
    ['in JSON with + escaped', json(SECRET).replace('+', '\\u002B')],
    ['in JSON with + escaped in lower case', json(SECRET).replace('+', '\\u002b')],
    ['in JSON with every character escaped', eachUnit(SECRET, u)],
    ['the same in upper case', eachUnit(SECRET, (code) => u(code).toUpperCase().replace('U', 'u'))],
    [
      'in JavaScript by \\x',
      eachUnit(SECRET, (code) => `\\x${code.toString(16).padStart(2, '0')}`),
    ],
    ['in bytes by Python', eachByte(SECRET, (byte) => `\\x${byte.toString(16).padStart(2, '0')}`)],
    ['in octal', eachByte(SECRET, (byte) => `\\${byte.toString(8).padStart(3, '0')}`)],
    ['by \\u{…}', eachUnit(SECRET, (code) => `\\u{${code.toString(16)}}`)],
    ["by Python's \\U", eachUnit(SECRET, (code) => `\\U${code.toString(16).padStart(8, '0')}`)],
    ['printed by Node', inspect(SECRET).slice(1, -1)],
    ['in a URL', component(SECRET)],
    ['in a URL twice', component(component(SECRET))],
    ['in a URL three times', component(component(component(SECRET)))],
    ['in a URL in lower case', component(SECRET).replace(/%../g, (code) => code.toLowerCase())],
    ['in a URL with mixed case', component(SECRET).replace('%2B', '%2b')],
    ['in a URL with every byte escaped', eachByte(SECRET, (byte) => `%${byte.toString(16)}`)],
    ['in a URL by encodeURI', encodeURI(SECRET)],
    ['in a URL by %u', eachUnit(SECRET, (code) => `%${u(code).slice(1)}`)],
    ['in a form', new URLSearchParams([['', SECRET]]).toString().slice(1)],
    ['in a form in a URL', component(new URLSearchParams([['', SECRET]]).toString().slice(1))],
    ['in HTML', html(SECRET)],
    ['in HTML twice', html(html(SECRET))],
    ['in HTML by numbers', eachUnit(SECRET, (code) => `&#${code};`)],
    [
      'in HTML by numbers with zeros',
      eachUnit(SECRET, (code) => `&#${String(code).padStart(5, '0')};`),
    ],
    ['in HTML by hexadecimal numbers', eachUnit(SECRET, (code) => `&#x${code.toString(16)};`)],
    [
      'in HTML by names',
      html(SECRET)
        .replace('+', '&plus;')
        .replace('/', '&sol;')
        .replace('=', '&equals;')
        .replace('@', '&commat;'),
    ],
    ['in HTML in JSON', json(html(SECRET))],
    ['in a URL in JSON by PHP', json(component(SECRET)).replaceAll('/', '\\/')],
    ['in JSON in a URL', component(json(SECRET))],
    ['in JSON in HTML', html(json(SECRET))],
    ['in base64', base64(SECRET)],
    ['in base64 in a URL', component(base64(SECRET))],
    ['in base64 twice in a URL', component(component(base64(SECRET)))],
    ['in base64 in JSON by PHP', base64(SECRET).replaceAll('/', '\\/')],
    ['in base64url', Buffer.from(SECRET).toString('base64url')],
    ['in base64 of UTF-16', Buffer.from(SECRET, 'utf16le').toString('base64')],
    ['in base64 of several lines', base64(SECRET).replace(/.{10}/g, '$&\r\n')],
    ['in base64 of several lines in JSON', json(base64(SECRET).replace(/.{10}/g, '$&\n'))],
    ['in hex', hex(SECRET)],
    ['in hex in upper case', hex(SECRET).toUpperCase()],
    ['in hex with colons', hex(SECRET, ':')],
    ['as a Buffer that Node prints', hex(SECRET, ' ')],
    ['as a Buffer in JSON', [...Buffer.from(SECRET)].join(',')],
    ['as bytes that Python prints', [...Buffer.from(SECRET)].join(', ')],
    ['broken into lines', SECRET.replace('r>', 'r\n  >')],
  ])('%s', (_form, written) => {
    const masked = mask(SECRET, `before ${written} after`);
    expect(masked).toMatch(/^before \*{4}=* after$/);
  });

  test.each([0, 1, 2, 3, 4, 5])('in Basic after a user of %d characters', (length) => {
    expect(mask(SECRET, base64(`${'u'.repeat(length)}:${SECRET}`))).toMatch(/^.{0,8}\*{4}.{0,4}$/);
  });

  test('if it holds what looks like an escape', () => {
    for (const secret of ['a%41b&amp;c', 'a\\u0041b\\n', '100%ab%2B']) {
      const forms = [secret, json(secret), component(secret), html(secret), json(json(secret))];
      expect(forms.map((form) => mask(secret, form))).toEqual(forms.map(() => '****'));
    }
  });
});

test.each([
  ['a word in another case that is short', 'hush', 'Hush'],
  ['another string', 'abcdefgh', 'abcdefg h'],
  ['the base64 of another case', 'abcdefgh', base64('abcdefgh').toLowerCase()],
])('%s is not found', (_what, secret, text) => {
  expect(mask(secret, text)).toBe(text);
});

test.each([
  ['', 'abcdef…', '****…'],
  ['in another case', 'ABCDEF…', '****…'],
  ['in an escape', 'abc%2Bdef%2…', '****…'],
  ['after an escape', 'x=abc\\u002Bd…, abc+de…', 'x=****…, ****…'],
  ['in hex', `${hex('abc+def')}…`, '****…'],
])('the beginning of a secret that was cut %s is found', (_where, text, expected) => {
  const secret =
    text.startsWith('abcdef') || text.startsWith('ABC') ? 'abcdefghijk' : 'abc+def/ghijk';
  expect(mask(secret, text)).toBe(expected);
});

test.each<[string, string]>([
  ['marks of a cut', '…'.repeat(1_000_000)],
  ['cut beginnings of a secret', 'abc…'.repeat(250_000)],
  ['beginnings of a secret', `${'abcabc'.repeat(160_000)}…`],
  ['percent signs', '%25'.repeat(330_000)],
  ['backslashes', '\\'.repeat(1_000_000)],
  ['ampersands', '&#'.repeat(500_000)],
  ['line breaks', '\r\n '.repeat(330_000)],
  ['digits', '&#x1'.repeat(250_000)],
])('a megabyte of %s takes linear time', (_what, text) => {
  const begin = performance.now();
  mask('abcabcabcabcabcabcabcabcabcabcabcabd', text);
  expect(performance.now() - begin).toBeLessThan(20_000);
});
