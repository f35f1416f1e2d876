import {describe, expect, test} from '@jest/globals';
import {failureOf} from '../../../test/failure-of.ts';
import {fault, NOW, request, responseOf, retrying} from '../../../test/http/retrying.ts';
import {runWith} from '../../../test/http/run.ts';
import {ConfigError} from '../../errors.ts';
import type {HttpResponse, ResponseRule} from '../types.ts';
import {DEFAULT_RETRY, withRetry} from './retry.ts';

describe('a response', () => {
  test.each([[408], [425], [429], [500], [502], [503], [504], [507], [520], [524], [529]])(
    'of %d is retried',
    async (status) => {
      const good = responseOf(200);
      const {send, sent} = retrying([responseOf(status), good]);
      expect(await send()).toBe(good);
      expect(sent).toEqual([request, {...request, attempt: 2}]);
    },
  );

  test.each([
    [200],
    [204],
    [304],
    [400],
    [401],
    [403],
    [404],
    [405],
    [409],
    [410],
    [418],
    [422],
    [451],
    [501],
    [505],
  ])('of %d is returned unchanged', async (status) => {
    const given = responseOf(status);
    const {send, sent, waits} = retrying([given]);
    expect(await send()).toBe(given);
    expect(sent).toEqual([request]);
    expect(waits).toEqual([]);
  });

  test.each([
    ['Retry-After', {'retry-after': '1'}],
    ['no quota left', {'x-ratelimit-remaining': '0'}],
  ])('of 403 with %s is a rate limit, and retried', async (_what, headers) => {
    const good = responseOf(200);
    const {send, sent} = retrying([responseOf(403, headers), good]);
    expect(await send()).toBe(good);
    expect(sent).toEqual([request, {...request, attempt: 2}]);
  });

  test('of 403 with quota left is not a rate limit', async () => {
    const given = responseOf(403, {
      'x-ratelimit-remaining': '59',
      'x-ratelimit-reset': String(NOW / 1000 + 60),
    });
    const {send, sent} = retrying([given]);
    expect(await send()).toBe(given);
    expect(sent).toEqual([request]);
  });
});

describe('a fault', () => {
  test.each([
    ['ECONNRESET'],
    ['ECONNREFUSED'],
    ['ECONNABORTED'],
    ['EPIPE'],
    ['ETIMEDOUT'],
    ['ENOTFOUND'],
    ['EAI_AGAIN'],
    ['EHOSTUNREACH'],
    ['ENETUNREACH'],
    ['ENETDOWN'],
    ['UND_ERR_SOCKET'],
    ['UND_ERR_CONNECT_TIMEOUT'],
    ['UND_ERR_HEADERS_TIMEOUT'],
    ['UND_ERR_BODY_TIMEOUT'],
    ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH'],
    ['HPE_INVALID_CHUNK_SIZE'],
    ['ERR_HTTP2_STREAM_ERROR'],
    ['Z_BUF_ERROR'],
    ['Z_DATA_ERROR'],
    ['ERR__ERROR_FORMAT_PADDING_2'],
    ['ZSTD_error_prefix_unknown'],
  ])('with code %s is retried', async (code) => {
    const good = responseOf(200);
    const {send, log} = retrying([fault(code), good]);
    expect(await send()).toBe(good);
    expect(log).toEqual([`GET https://api.test/items: ${code}; attempt 2 of 6 in 0.5 s.`]);
  });

  test('whose cause has the code is retried', async () => {
    const good = responseOf(200);
    const wrapped = new TypeError('fetch failed', {cause: fault('ECONNRESET')});
    const {send, log} = retrying([wrapped, good]);
    expect(await send()).toBe(good);
    expect(log).toEqual(['GET https://api.test/items: ECONNRESET; attempt 2 of 6 in 0.5 s.']);
  });

  test('by the total time limit is retried', async () => {
    const good = responseOf(200);
    const {send, log} = retrying([new DOMException('It took too long.', 'TimeoutError'), good]);
    expect(await send()).toBe(good);
    expect(log).toEqual(['GET https://api.test/items: a timeout; attempt 2 of 6 in 0.5 s.']);
  });

  test.each([
    ['UND_ERR_INVALID_ARG'],
    ['UND_ERR_NOT_SUPPORTED'],
    ['UND_ERR_DESTROYED'],
    ['UND_ERR_CLOSED'],
    ['UND_ERR_HEADERS_OVERFLOW'],
    ['ERR_INVALID_URL'],
    ['EACCES'],
  ])('with code %s fails at once', async (code) => {
    const {send, sent} = retrying([fault(code)]);
    expect(await failureOf(send)).toBe(
      `SystemError: GET https://api.test/items failed: It broke: ${code}.`,
    );
    expect(sent).toEqual([request]);
  });

  test('in the code of a source fails at once, and names the request', async () => {
    const {send, sent} = retrying([new TypeError('x is not a function')]);
    expect(await failureOf(send)).toBe(
      'SystemError: GET https://api.test/items failed: x is not a function.',
    );
    expect(sent).toEqual([request]);
  });

  const AUTHORITY =
    "check the URL in the config; if the server's certificate is signed by an authority of your own, name its file in NODE_EXTRA_CA_CERTS.";
  const OTHER_NAME = 'set the URL in the config to a name that the certificate is for.';
  const EXPIRED =
    "the server's certificate must be renewed, unless the clock of this machine is wrong.";
  const PLAIN =
    'what listens at api.test does not speak TLS. Check the host and the port of the URL in the config, or set http:// if it is meant to be plain HTTP.';

  test.each([
    ['CERT_HAS_EXPIRED', 'certificate has expired', EXPIRED],
    ['CERT_NOT_YET_VALID', 'certificate is not yet valid', EXPIRED],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unable to verify the first certificate', AUTHORITY],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate', AUTHORITY],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate in certificate chain', AUTHORITY],
    ['ERR_TLS_CERT_ALTNAME_INVALID', "Host: api.test. is not in the cert's altnames", OTHER_NAME],
    ['HOSTNAME_MISMATCH', 'hostname mismatch', OTHER_NAME],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'wrong version number', PLAIN],
    ['ERR_SSL_PACKET_LENGTH_TOO_LONG', 'packet length too long', PLAIN],
    ['ERR_SSL_TLSV1_UNRECOGNIZED_NAME', 'tlsv1 unrecognized name', AUTHORITY],
  ])('of TLS, %s, fails at once with advice', async (code, message, advice) => {
    const {send, sent} = retrying([fault(code, message)]);
    expect(await failureOf(send)).toBe(
      `ConfigError: GET https://api.test/items failed: ${message} (${code}). No secure connection could be made: ${advice}`,
    );
    expect(sent).toEqual([request]);
  });

  test.each(['ERR_SSL_WRONG_VERSION_NUMBER', 'EPROTO'])(
    "of TLS, %s, shows OpenSSL's reason without the place in its code",
    async (code) => {
      const openssl =
        'write EPROTO 406D8B9EF47F0000:error:0A00010B:SSL routines:tls_validate_record_header:wrong version number:../ssl/record/tlsany_meth.c:77:\n';
      const {send} = retrying([fault(code, openssl)]);
      expect(await failureOf(send)).toBe(
        `ConfigError: GET https://api.test/items failed: wrong version number (ERR_SSL_WRONG_VERSION_NUMBER). No secure connection could be made: ${PLAIN}`,
      );
    },
  );

  test('that already has advice is thrown unchanged', async () => {
    const given = new ConfigError('The refresh token was revoked: sign in again.');
    const {send} = retrying([given]);
    await expect(send()).rejects.toBe(given);
  });

  test('keeps the thrown error as its cause', async () => {
    const given = fault('UND_ERR_INVALID_ARG');
    const {send} = retrying([given]);
    await expect(send()).rejects.toHaveProperty('cause', given);
  });
});

describe('the last attempt', () => {
  test('ends in a TransientError with the message of the server', async () => {
    const {send, sent, waits} = retrying([responseOf(503, {}, '{"message": "Down for repairs."}')]);
    expect(await failureOf(send)).toBe(
      'TransientError: GET https://api.test/items answered 503: Down for repairs. ' +
        'All 6 attempts failed: try again later.',
    );
    expect(sent.length).toBe(6);
    expect(waits.length).toBe(5);
  });

  test('ends in a TransientError that names the last fault', async () => {
    const {send, sent} = retrying([responseOf(500), fault('ECONNREFUSED')], {
      policy: {attempts: 3},
    });
    expect(await failureOf(send)).toBe(
      'TransientError: GET https://api.test/items failed 3 times, the last time with ECONNREFUSED. ' +
        'Check that api.test can be reached from here; if it can, try again later.',
    );
    expect(sent.length).toBe(3);
  });

  test('ends in a TransientError that names a timeout', async () => {
    const {send} = retrying([new DOMException('It took too long.', 'TimeoutError')]);
    expect(await failureOf(send)).toBe(
      'TransientError: GET https://api.test/items failed 6 times, the last time with a timeout. ' +
        'Check that api.test can be reached from here; if it can, try again later.',
    );
  });

  test('may be the first', async () => {
    const {send, sent, waits, log} = retrying([responseOf(503)], {policy: {attempts: 1}});
    expect(await failureOf(send)).toBe(
      'TransientError: GET https://api.test/items answered 503. Try again later.',
    );
    expect([sent.length, waits, log]).toEqual([1, [], []]);
  });
});

describe('the wait before an attempt', () => {
  test('is nothing at the lower end of the jitter', async () => {
    const {send, waits} = retrying([responseOf(500)], {random: 0});
    await failureOf(send);
    expect(waits).toEqual([0, 0, 0, 0, 0]);
  });

  test('doubles up to the cap at the upper end of the jitter', async () => {
    const {send, waits} = retrying([responseOf(500)], {
      policy: {attempts: 9, base: 1_000, cap: 60_000},
      random: 1 - Number.EPSILON,
    });
    await failureOf(send);
    expect(waits.map(Math.round)).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000,
    ]);
    expect(waits.every((wait, retry) => wait < Math.min(60_000, 1_000 * 2 ** retry))).toBe(true);
  });

  test('is the one that the server requests', async () => {
    const {send, waits} = retrying([responseOf(429, {'retry-after': '30'}), responseOf(200)], {
      random: 0,
    });
    await send();
    expect(waits).toEqual([30_000]);
  });

  test('is up to a tenth longer than the one that the server requests', async () => {
    const {send, waits} = retrying([responseOf(429, {'retry-after': '30'}), responseOf(200)], {
      random: 1,
    });
    await send();
    expect(waits).toEqual([33_000]);
  });

  test('lasts until the server has quota again', async () => {
    const limited = responseOf(403, {
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': String(NOW / 1000 + 3_600),
    });
    const {send, waits} = retrying([limited, responseOf(200)], {random: 0});
    await send();
    expect(waits).toEqual([3_600_000]);
  });

  test('grows if the server keeps requesting an immediate retry', async () => {
    const {send, waits} = retrying([responseOf(429, {'retry-after': '0'})], {random: 0.5});
    await failureOf(send);
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000]);
  });

  test('may exceed the longest one by its jitter', async () => {
    const policy = {longest: 30_000};
    const {send, waits} = retrying([responseOf(429, {'retry-after': '30'}), responseOf(200)], {
      policy,
      random: 1,
    });
    await send();
    expect(waits).toEqual([33_000]);
  });

  test('fails at once if the server requests more than the longest one', async () => {
    const {send, sent, waits} = retrying([responseOf(429, {'retry-after': '3701'})]);
    expect(await failureOf(send)).toBe(
      'TransientError: GET https://api.test/items answered 429 and requires a wait of 3701 s, ' +
        'longer than the 3700 s this run may wait: run again after 2026-01-01T01:01:41.000Z.',
    );
    expect([sent.length, waits]).toEqual([1, []]);
  });

  test('fails with a message even if the server requests a date that is out of range', async () => {
    const {send} = retrying([responseOf(503, {'retry-after': '1'.repeat(17)})]);
    expect(await failureOf(send)).toBe(
      'TransientError: GET https://api.test/items answered 503 and requires a wait of 11109343885512 s, ' +
        'longer than the 3700 s this run may wait: run again after +275760-09-13T00:00:00.000Z.',
    );
  });

  test('is logged beforehand, with its reason', async () => {
    const {send, log} = retrying([responseOf(500), fault('ECONNRESET'), responseOf(200)]);
    await send();
    expect(log).toEqual([
      'GET https://api.test/items: 500; attempt 2 of 6 in 0.5 s.',
      'GET https://api.test/items: ECONNRESET; attempt 3 of 6 in 1.0 s.',
    ]);
  });
});

describe('the log says why an attempt was not the last', () => {
  const rule = (part: Partial<ResponseRule>): ResponseRule => ({action: 'retry', ...part});

  test.each<[HttpResponse, string]>([
    [
      responseOf(503, {}, '{"error": {"message": "Down for maintenance."}}'),
      '503 (Down for maintenance)',
    ],
    [responseOf(500, {}, 'Oops.\n'), '500 (Oops)'],
    [responseOf(500, {'content-type': 'text/html'}, '<h1>Oops</h1>'), '500 (Oops)'],
    [responseOf(502), '502'],
    [
      {
        ...responseOf(200, {}, '{"status": "pending", "id": 1}'),
        rule: rule({body: {path: 'status'}}),
      },
      '200 (a rule of the source: status is "pending")',
    ],
    [
      {
        ...responseOf(200, {}, '{"job": {"done": false}}'),
        rule: rule({body: {path: 'job', matches: /false/}}),
      },
      '200 (a rule of the source: job is {"done":false})',
    ],
    [
      {...responseOf(200, {}, 'Come back later.'), rule: rule({text: /later/})},
      '200 (a rule of the source: Come back later)',
    ],
    [{...responseOf(202), rule: rule({status: 202})}, '202 (a rule of the source)'],
    [
      {
        ...responseOf(200, {}, `{"status": "${'x'.repeat(1_000_000)}"}`),
        rule: rule({body: {path: 'status'}}),
      },
      `200 (a rule of the source: status is "${'x'.repeat(299)}…)`,
    ],
  ])('%#', async (given, expected) => {
    const {send, log} = retrying([given, responseOf(200)]);
    await send();
    expect(log).toEqual([`GET https://api.test/items: ${expected}; attempt 2 of 6 in 0.5 s.`]);
  });

  test('and so does the message of a wait that is too long', async () => {
    const {send} = retrying([
      responseOf(429, {'retry-after': '9999'}, '{"message": "Slow down."}'),
    ]);
    expect(await failureOf(send)).toContain(
      'GET https://api.test/items answered 429 (Slow down) and requires a wait of 9999 s,',
    );
  });
});

describe('an abort', () => {
  const stopped = new RangeError('Stopped by SIGTERM.');

  test("during a wait rejects with the signal's reason", async () => {
    const stop = new AbortController();
    const {send, sent} = retrying([responseOf(500)], {stop, onLog: () => stop.abort(stopped)});
    await expect(send()).rejects.toBe(stopped);
    expect(sent).toEqual([request]);
  });

  test("during a request rejects with the signal's reason, whatever the request fails with", async () => {
    const stop = new AbortController();
    const {log, waits} = retrying([]);
    const send = withRetry(
      async () => {
        stop.abort(stopped);
        throw fault('ECONNRESET');
      },
      DEFAULT_RETRY,
      runWith({signal: stop.signal, log: (_level, message) => log.push(message)}),
    );
    await expect(send(request)).rejects.toBe(stopped);
    expect([log, waits]).toEqual([[], []]);
  });
});
