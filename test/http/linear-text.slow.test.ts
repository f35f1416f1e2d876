// Each place that takes text of a server gets a megabyte of it. A pattern that goes back over it would take minutes, in which
// no limit and no signal gets through.
import {expect, test} from '@jest/globals';
import {openCookieJar} from '../../cdk/http/auth/cookies.ts';
import {isCsrfRefusal} from '../../cdk/http/auth/csrf.ts';
import {isPassed, tokenIn} from '../../cdk/http/auth/login.ts';
import {csv} from '../../cdk/http/decode/csv.ts';
import {xml} from '../../cdk/http/decode/xml.ts';
import {parseLinkHeader} from '../../cdk/http/paginate/link-values.ts';
import {
  refusesCredentials,
  saysUnauthenticated,
} from '../../cdk/http/response/graphql-credentials.ts';
import {errorIn, reasonIn, refusalText} from '../../cdk/http/response/refusal-text.ts';
import {numberIn, requestedWait, timeIn} from '../../cdk/http/response/retry-after.ts';
import {openSecretFinder} from '../../cdk/json/find-secrets.ts';
import {withoutFullStop} from '../../cdk/json/trim.ts';
import {toBoolean, toInteger, toNumber, toText} from '../../cdk/read/conform/scalars.ts';
import {cursorRules} from '../../cdk/read/cursor/rules.ts';
import {decoded} from './decoding.ts';
import {requestTo} from './transport.ts';

const SIZE = 1_000_000;
const LIMIT = 5_000;

const filled = (part: string): string => part.repeat(Math.ceil(SIZE / part.length));

/** Each with and without an end that stops a pattern from matching. */
const TEXTS: readonly (readonly [string, string])[] = [
  '. ',
  '.',
  ' ',
  '\t',
  '\n',
  '\r\n',
  '0',
  '1',
  '9',
  '0.',
  '.0',
  '-',
  '+',
  'e',
  'a',
  'A=',
  '"',
  "'",
  '\\',
  '\\"',
  '%',
  '%2',
  '&',
  '&#',
  '<',
  '<a',
  '<!--',
  '</',
  '>',
  '{',
  '[',
  ',',
  ':',
  ';',
  '=',
  '/',
  '<>',
  '; ',
  ', ',
  ' ,',
  'Z ',
  'T',
  '\u2028',
  '…',
  '(',
  '**',
].map((part) => [JSON.stringify(part), filled(part)]);

const timed = async (run: () => unknown): Promise<number> => {
  const before = process.cpuUsage();
  try {
    await run();
  } catch {
    // Most of it is an error; only the time counts.
  }
  const {user, system} = process.cpuUsage(before);
  return (user + system) / 1000;
};

const response = (body: string, headers: Record<string, string> = {}) => ({
  ...{status: 400, headers, url: new URL('https://api.test/')},
  body: Buffer.from(body),
});

const LOGIN = requestTo('https://api.test/login');

const places: readonly (readonly [string, (text: string) => unknown])[] = [
  ['a refusal', (text) => refusalText(response(text))],
  ['a refusal in JSON', (text) => refusalText(response(JSON.stringify({message: text})))],
  [
    'refusals in JSON',
    (text) => refusalText(response(JSON.stringify({errors: [text, `${text}x`, `x${text}`]}))),
  ],
  ['a refusal in XML', (text) => refusalText(response(`<e><${text}>${text}</e>`))],
  ['a refusal in a form', (text) => refusalText(response(`error=${text}&a=${text}`))],
  ['a stack trace', (text) => refusalText(response(`Traceback ${text}`))],
  [
    'a title of a page',
    (text) => refusalText(response(`<title>${text}`, {'content-type': 'text/html'})),
  ],
  [
    'a reason in a header',
    (text) => refusalText(response('', {'x-error-message': text, 'www-authenticate': text})),
  ],
  [
    'a reason by field',
    (text) => refusalText(response(JSON.stringify({errors: {[text]: [text]}}))),
  ],
  ['an error with a status of success', (text) => errorIn({ok: false, error: text})],
  ['a reason', (text) => reasonIn(text)],
  ['the end of a sentence', withoutFullStop],
  ['a number in a header', numberIn],
  ['a time in a header', timeIn],
  ['Retry-After', (text) => requestedWait(response('', {'retry-after': text}), 0)],
  ['a CSRF refusal', (text) => isCsrfRefusal({...response(text), status: 403})],
  [
    'a Set-Cookie header',
    (text) => openCookieJar(() => 0).take({...response(''), setCookies: [text, `a=1; ${text}`]}),
  ],
  [
    'an error of GraphQL',
    (text) => [
      refusesCredentials({extensions: {code: text}}),
      saysUnauthenticated({message: `invalid-jwt ${text}`}),
    ],
  ],
  ['a login', (text) => tokenIn(LOGIN, {...response(text), status: 200}, 'token', {})],
  [
    'a login in JSON',
    (text) =>
      tokenIn(
        LOGIN,
        {...response(JSON.stringify({status: text, [text]: text})), status: 200},
        'token',
        {},
      ),
  ],
  [
    'a login that redirects',
    (text) => isPassed(LOGIN, {...response('', {location: `/${text}`}), status: 302}),
  ],
  ['a Link header', (text) => parseLinkHeader(text)],
  ['a number in a field', toNumber],
  ['an integer in a field', toInteger],
  ['a switch in a field', toBoolean],
  ['a string in a field', toText],
  ['CSV', (text) => decoded(csv(), text)],
  ['a row of CSV', (text) => decoded(csv(), `a,b\n${text}`)],
  ['XML', (text) => decoded(xml(), text)],
  ['the content of XML', (text) => decoded(xml(), `<a><b>${text}</b></a>`)],
  [
    'a log line',
    (text) => {
      const finder = openSecretFinder({shortest: 3, shortestLine: 8});
      finder.add(['a-secret-of-some-length']);
      return [finder.find(text), finder.findCut(text, '…')];
    },
  ],
];

const cursors: readonly (readonly [string, (text: string) => unknown])[] = (
  [undefined, 'epoch-s', 'epoch-ms', {pattern: 'dd.MM.yyyy HH:mm'}] as const
).map((format) => {
  const rules = cursorRules({field: 'at', ...(format !== undefined && {format})});
  return [
    `a cursor in ${JSON.stringify(format) ?? 'ISO 8601'}`,
    (text: string) =>
      [text, `2026-01-01T00:00:00.${text}`, `1.${text}`].map((value) => [
        rules.compare(value, '2026-01-01T00:00:00Z'),
        rules.later(value, '1'),
        rules.tickBefore(value),
        rules.cappedAt(value, 0),
        rules.earlier(value, {days: 1}),
      ]),
  ];
});

test.each([...places, ...cursors])(
  '%s takes linear time for a megabyte of the same characters',
  async (_place, take) => {
    const slow: unknown[] = [];
    for (const [what, text] of TEXTS) {
      const took = await timed(() => take(`1${text}x`));
      if (took > LIMIT) slow.push([what, took]);
    }
    expect(slow).toEqual([]);
  },
  120_000,
);

test('a CSV header of 100,000 names takes linear time, also if one comes twice', async () => {
  const names = Array.from({length: 100_000}, (_, index) => `name${index}`).join(',');
  for (const header of [names, `${names},name0`, `${names},`]) {
    expect(await timed(() => decoded(csv(), `${header}\n1,2\n`))).toBeLessThan(LIMIT);
  }
});
