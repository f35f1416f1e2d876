import {createPrivateKey, generateKeyPairSync} from 'node:crypto';
import {describe, expect, test} from '@jest/globals';
import {restorePem} from './pem.ts';

const {privateKey} = generateKeyPairSync('rsa', {modulusLength: 2048});
const PEM = String(privateKey.export({type: 'pkcs8', format: 'pem'}));
const PKCS1 = String(privateKey.export({type: 'pkcs1', format: 'pem'}));
const SEC1 = String(
  generateKeyPairSync('ec', {namedCurve: 'P-256'}).privateKey.export({type: 'sec1', format: 'pem'}),
);
const breaksAs = (text: string) => PEM.trim().replaceAll('\n', text);

describe('a PEM key', () => {
  test.each([
    ['as it is', PEM],
    ['without its last line break', PEM.trim()],
    ['with spaces for line breaks', breaksAs(' ')],
    ['with nothing for line breaks', breaksAs('')],
    ['with \\n', breaksAs('\\n')],
    ['with \\r\\n', breaksAs('\\r\\n')],
    ['escaped twice', breaksAs('\\\\n')],
    ['with \\n and line breaks', breaksAs('\\n\n')],
    ['with backslashes at line ends', breaksAs('\\\n')],
    ['with CRLF', breaksAs('\r\n')],
    ['with CR', breaksAs('\r')],
    ['with tabs', breaksAs('\t')],
    ['with empty lines', breaksAs('\n\n')],
    ['with indented lines', breaksAs('\n    ')],
    ['with no-break spaces', breaksAs('\u00a0')],
    ['with zero-width spaces', breaksAs('\u200b\n')],
    ['in quotes', `"${PEM.trim()}"`],
    ['in quotes, with \\n', `"${breaksAs('\\n')}"`],
    ['in single quotes', `'${breaksAs(' ')}'`],
    ['with quotes on each line', breaksAs('"\n"')],
    ['after a byte order mark', `\ufeff${PEM}`],
    ['after a comment', `Bag Attributes\n    friendlyName: key\n${PEM}`],
    ['with typographic dashes', PEM.replaceAll('-----', '–––––')],
    ['with em dashes', PEM.replaceAll('-----', '——-')],
    ['in base64', Buffer.from(PEM).toString('base64')],
    ['in a key file', JSON.stringify({type: 'service_account', private_key: PEM})],
  ])('is restored %s', (_form, pasted) => {
    expect(restorePem(pasted)).toBe(PEM);
  });

  test.each([
    ['PKCS 1', PKCS1],
    ['SEC 1', SEC1],
  ])('of %s is restored from one line', (_kind, pem) => {
    const restored = restorePem(pem.replaceAll('\n', ' '));
    expect([restored, createPrivateKey(restored).type]).toEqual([pem, 'private']);
  });

  test('may be one of several blocks', () => {
    expect(restorePem(`${PEM}${PKCS1}`.replaceAll('\n', ' '))).toBe(`${PEM}${PKCS1}`);
  });

  test.each([
    ['no PEM', 'hush'],
    ['a block without an end', PEM.slice(0, 500).trim()],
    ['characters that are not base64', PEM.replace('M', '*').trim()],
    [
      'an encrypted key',
      '-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END RSA PRIVATE KEY-----',
    ],
    ['broken JSON', '{"private_key": '.trim()],
  ])('stays as it is: %s', (_case, text) => {
    expect(restorePem(text)).toBe(text);
  });
});
