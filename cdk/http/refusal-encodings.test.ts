// Refusals whose bodies are not in plain UTF-8.
import {expect, test} from '@jest/globals';
import nock from 'nock';
import {failureOf} from '../../test/failure-of.ts';
import {API, withAuth} from '../../test/http/authorized.ts';
import type {HttpResponse} from './types.ts';

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');
const JSON_TEXT = '{"error":"Ungültige Größe"}';
const XML = '<?xml version="1.0" encoding="ISO-8859-1"?><e><message>Ungültige Größe</message></e>';
const HTML = '<html><head><meta charset=windows-1252></head><body>Ungültige Größe</body></html>';

/** Returns the body that the functions of a source get. */
const refusalOf = (type: string, body: Buffer): Promise<string> => {
  nock(API).get('/items').reply(400, body, {'content-type': type});
  const explain = (response: HttpResponse) => new Error(response.body.toString());
  return failureOf(() => withAuth({explain}, (http) => http.get('/items')));
};

test.each<[string, string, Buffer, string]>([
  ['UTF-8', 'application/json', Buffer.from(JSON_TEXT), JSON_TEXT],
  ['UTF-8 with a mark', 'application/json', Buffer.from(`\uFEFF${JSON_TEXT}`), JSON_TEXT],
  ['UTF-8 declared as Latin-1', 'a/json; charset=ISO-8859-1', Buffer.from(JSON_TEXT), JSON_TEXT],
  ['Latin-1', 'application/json; charset=ISO-8859-1', latin1(JSON_TEXT), JSON_TEXT],
  ['UTF-16', 'application/json', utf16(JSON_TEXT), JSON_TEXT],
  ['XML in Latin-1', 'text/xml', latin1(XML), XML],
  ['HTML in windows-1252', 'text/html', latin1(HTML), HTML],
  ['an unknown encoding', 'text/plain; charset=x', latin1('Größe'), 'Gr\uFFFD\uFFFDe'],
])('a refusal in %s has its text', async (_encoding, type, body, text) => {
  expect(await refusalOf(type, body)).toBe(`Error: ${text}`);
});

test('the reason of a refusal is quoted with its signs', async () => {
  nock(API).get('/items').reply(400, latin1(JSON_TEXT), {'content-type': 'a/b; charset=latin1'});
  expect(await failureOf(() => withAuth({}, (http) => http.get('/items')))).toBe(
    `SystemError: GET ${API}/items answered 400: Ungültige Größe.`,
  );
});
