import {describe, expect, test} from '@jest/globals';
import {decoded, streamed} from '../../../test/http/decoding.ts';
import {csv} from './csv.ts';
import type {Decoder} from './decoder.ts';
import {json} from './json.ts';
import {jsonLines} from './json-lines.ts';
import {xml} from './xml.ts';

const HTML_ADVICE =
  "It may be a login or error page. Check the credentials, and that the URL in the config is the API's own.";
const OTHER_ADVICE =
  "It may be an error of the API. Check `decode`, and that the URL in the config is the API's own.";

const LOGIN =
  '<!DOCTYPE html>\n<html><head><title>\n Sign in\n to Shop</title></head><body>a,b</body></html>';

/** The error of a body in memory and in a stream. */
const errorsOf = async (decoder: Decoder, body: string, contentType: string, records?: string) => [
  ...new Set([
    await decoded(decoder, body, contentType),
    await streamed(decoder, body, {contentType, ...(records !== undefined && {records})}),
  ]),
];

describe('instead of CSV', () => {
  test.each([
    ['a login page', LOGIN, 'HTML', 'Sign in to Shop'],
    [
      'a page in capitals after empty lines',
      '\r\n\r\n <HTML><TITLE>No</TITLE></HTML>',
      'HTML',
      'No',
    ],
    ['a page after a byte order mark', '\uFEFF<!doctype html><title>No</title>', 'HTML', 'No'],
    ['a page after a comment', '<!-- v1 -->\n<html lang="en"><h1>No</h1></html>', 'HTML', 'No'],
    ['a page in one line', '<html><body>Please log in</body></html>', 'HTML', undefined],
    ['a part of a page', '<center><h1>502 Bad Gateway</h1></center>', 'HTML', '502 Bad Gateway'],
    ['an error of PHP', '<br />\n<b>Fatal error</b>: no memory', 'HTML', undefined],
    ['a redirect by script', '<script>location="/login"</script>', 'HTML', undefined],
    [
      'XHTML',
      '<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "x">\n<html><title>No</title></html>',
      'HTML',
      'No',
    ],
    [
      'an error of S3',
      '<?xml version="1.0"?>\n<Error><Code>SlowDown</Code><Message>Reduce your rate</Message></Error>',
      'XML',
      'Reduce your rate',
    ],
    ['an error in XML', '<error><message>No</message></error>', 'XML', 'No'],
    [
      'a fault of SOAP',
      '<s:Envelope xmlns:s="x"><s:faultstring>No</s:faultstring></s:Envelope>',
      'XML',
      'No',
    ],
    ['an empty element', '<results/>', 'XML', undefined],
    ['an error in JSON', '{"error":{"message":"Over quota."}}', 'JSON', 'Over quota'],
    ['JSON in lines', '{\n  "message": "No",\n  "status": 401\n}', 'JSON', 'No'],
    ['a list of errors', '[{"errorCode":"E1","message":"No"}]', 'JSON', 'No'],
    ['an empty list', '[]', 'JSON', undefined],
    ['an empty object', '{}', 'JSON', undefined],
    ['a long list', `[${'{"id":1},'.repeat(2_000)}{}]`, 'JSON', undefined],
  ])('%s is an error', async (_what, body, format, reason) => {
    const words = reason === undefined ? '' : `: ${reason}`;
    const advice = format === 'HTML' ? HTML_ADVICE : OTHER_ADVICE;
    const message = `SystemError: GET x answered with ${format} instead of CSV (content-type text/plain)${words}. ${advice}`;
    expect(await errorsOf(csv(), body, 'text/plain')).toEqual([message]);
    expect(await errorsOf(csv({quote: false}), body, 'text/plain')).toEqual([message]);
  });

  test.each([
    ['a sentence', 'Access denied.\n', 'text/plain'],
    ['a word that is declared as HTML', 'Unauthorized', 'text/html; charset=utf-8'],
    ['null in JSON', 'null', 'application/json'],
    ['an error that is declared as JSON', '"No"', 'application/problem+json'],
  ])('%s is an error', async (_what, body, contentType) => {
    const text = body.trim().replaceAll('"', '');
    expect(await errorsOf(csv(), body, contentType)).toEqual([
      `SystemError: GET x answered with one line that is not a header of CSV (content-type ${contentType}): ${text}. ` +
        'If it is the header of a table without rows, set `columns`, or let the API declare its content-type as text/csv.',
    ]);
  });

  test.each([
    ['a login page without a header', {columns: ['a']}, LOGIN, 'HTML'],
    ['an error in JSON without a header', {columns: ['a']}, '{"message":"No"}', 'JSON'],
  ])('%s is an error', async (_what, options, body, format) => {
    expect(String(await decoded(csv(options), body))).toMatch(
      `SystemError: GET x answered with ${format} instead of CSV`,
    );
  });
});

describe('CSV is read', () => {
  test.each([
    [
      'with tags as names',
      {},
      '<TICKER>,<DATE>\nA,1\n',
      'text/plain',
      [{'<TICKER>': 'A', '<DATE>': '1'}],
    ],
    [
      'with names of HTML tags',
      {},
      '<TITLE>,<LINK>\nA,1\n',
      'text/plain',
      [{'<TITLE>': 'A', '<LINK>': '1'}],
    ],
    [
      'with names in brackets',
      {},
      '[Date],[1]\nA,1\n',
      'text/plain',
      [{'[Date]': 'A', '[1]': '1'}],
    ],
    [
      'with HTML in its first value',
      {columns: ['a', 'b']},
      '<p>x</p>,1\n',
      'text/plain',
      [{a: '<p>x</p>', b: '1'}],
    ],
    [
      'with JSON in its first value',
      {columns: ['a', 'b'], quote: false as const, delimiter: '\t'},
      '{"x":1}\t2\n',
      'text/plain',
      [{a: '{"x":1}', b: '2'}],
    ],
    ['that is declared as HTML', {}, 'id,name\n', 'text/html', []],
    ['with one name and no rows', {}, 'id\n', 'text/plain', []],
    ['with a name of two words and no rows', {}, 'Order ID\n', 'text/csv; header=present', []],
    ['with a name of two words and a row', {}, 'Order ID\n1\n', 'text/html', [{'Order ID': '1'}]],
  ])('%s', async (_what, options, body, contentType, expected) => {
    expect(await errorsOf(csv(options), body, contentType)).toEqual([expected, expected]);
  });
});

describe('instead of JSON Lines', () => {
  test.each([
    [
      'a login page',
      LOGIN,
      'text/html',
      `HTML instead of JSON Lines (content-type text/html): Sign in to Shop. ${HTML_ADVICE}`,
    ],
    [
      'a page in one line',
      '<html>No</html>',
      'text/html',
      `HTML instead of JSON Lines (content-type text/html). ${HTML_ADVICE}`,
    ],
    [
      'an error in XML',
      '<?xml version="1.0"?><e><message>No</message></e>',
      'text/xml',
      `XML instead of JSON Lines (content-type text/xml): No. ${OTHER_ADVICE}`,
    ],
    [
      'JSON over lines',
      '{\n"message": "No"\n}',
      'application/json',
      `JSON instead of JSON Lines (content-type application/json): No. ${OTHER_ADVICE}`,
    ],
    ...[
      ['{"error":{"message":"No"},"status":401}', 'No'],
      ['{"errors":[{"message":"No"}]}\n', 'No'],
      ['{"success":false,"message":"No"}', 'No'],
      ['{"error":"invalid_token","error_description":"No"}', 'No'],
      ['{"ok":false,"code":7}', '{"ok":false,"code":7}'],
    ].map(
      ([body = '', reason]) =>
        [
          body,
          body,
          'application/json',
          `an error instead of JSON Lines (content-type application/json): ${reason}. If this is a record, let the API declare its content-type as application/x-ndjson; else add a rule for it to \`rules\`.`,
        ] as const,
    ),
  ])('%s is an error', async (_what, body, contentType, message) => {
    expect(await errorsOf(jsonLines(), body, contentType)).toEqual([
      `SystemError: GET x answered with ${message}`,
    ]);
  });

  test.each([
    ['a record with an error of its own', '{"id":1,"error":"x"}', 'application/json'],
    ['a record that is not an error', '{"message":"x","status":"done"}', 'application/json'],
    ['an error that is declared as a line', '{"error":"x"}', 'application/x-ndjson'],
    ['two errors', '{"error":"x"}\n{"error":"y"}\n', 'application/json'],
  ])('%s is read', async (_what, body, contentType) => {
    const records = body
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(await errorsOf(jsonLines(), body, contentType)).toEqual([records, records]);
  });
});

describe('instead of XML', () => {
  test.each([
    [
      'a login page',
      LOGIN,
      `HTML instead of XML (content-type text/html): Sign in to Shop. ${HTML_ADVICE}`,
    ],
    [
      'a well-formed page',
      '<html><title>No</title></html>',
      `HTML instead of XML (content-type text/html): No. ${HTML_ADVICE}`,
    ],
    [
      'an error in JSON',
      '{"error":"No"}',
      `JSON instead of XML (content-type text/html): No. ${OTHER_ADVICE}`,
    ],
  ])('%s is an error', async (_what, body, message) => {
    expect(await errorsOf(xml(), body, 'text/html', 'feed.entry')).toEqual([
      `SystemError: GET x answered with ${message}`,
    ]);
  });

  test.each([
    [
      'XHTML that is declared as such',
      '<html><p>1</p></html>',
      'application/xhtml+xml',
      {html: {p: '1'}},
    ],
    ['a page inside of it', '<feed><![CDATA[<html>]]></feed>', 'text/xml', {feed: '<html>'}],
    ['a root that is also a tag of HTML', '<table><p>1</p></table>', 'text/xml', {table: {p: '1'}}],
  ])('%s is read', async (_what, body, contentType, expected) => {
    expect(await decoded(xml(), body, contentType)).toEqual(expected);
  });

  test('an error document is quoted if it has no records', async () => {
    expect(
      await streamed(xml(), '<response><error>x</error></response>', {records: 'feed.entry'}),
    ).toMatch(/The body has: response\. Set/);
    expect(
      await streamed(xml(), '<error><message>No</message></error>', {records: 'feed.entry'}),
    ).toMatch(/The body has: error\. It reports an error: No\. Set/);
  });
});

describe('instead of JSON', () => {
  test.each([
    [
      'a login page',
      LOGIN,
      `HTML instead of JSON (content-type text/html): Sign in to Shop. ${HTML_ADVICE}`,
    ],
    [
      'an error in XML',
      '<?xml version="1.0"?><e><message>No</message></e>',
      `XML instead of JSON (content-type text/html): No. ${OTHER_ADVICE}`,
    ],
  ])('%s is an error', async (_what, body, message) => {
    expect(await errorsOf(json(), body, 'text/html')).toEqual([
      `SystemError: GET x answered with ${message}`,
    ]);
  });
});

test('a megabyte of tags is compared in a moment', async () => {
  for (const part of ['<title', '<a', '<!--', '<', '{"', '[', ' ', '</a>', '<a x=']) {
    const before = process.cpuUsage();
    await decoded(csv(), part.repeat(1_000_000 / part.length));
    const {user} = process.cpuUsage(before);
    expect(user / 1000).toBeLessThan(2_000);
  }
});
