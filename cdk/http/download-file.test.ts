// The temporary file of a download, and its time limit.
import {once} from 'node:events';
import {readdirSync, readlinkSync, statSync} from 'node:fs';
import {open} from 'node:fs/promises';
import type {ServerResponse} from 'node:http';
import {gzipSync} from 'node:zlib';
import {describe, expect, test} from '@jest/globals';
import {failureOf} from '../../test/failure-of.ts';
import {readAll, serveBody} from '../../test/http/downloading.ts';
import {serve} from '../../test/http/loopback.ts';
import {zipOf} from '../../test/http/zip.ts';
import {openHttpClient} from './client.ts';
import {openTemporary} from './download.ts';
import {intoFile} from './wire/body.ts';

/** The permissions of each open temporary file. */
const openFiles = (): readonly number[] =>
  readdirSync('/proc/self/fd').flatMap((number) => {
    try {
      const path = `/proc/self/fd/${number}`;
      return /headwater-.* \(deleted\)$/.test(readlinkSync(path))
        ? [statSync(path).mode & 0o777]
        : [];
    } catch {
      return [];
    }
  });

const ITEMS = Array.from({length: 2_500}, (_none, id) => ({id}));

describe('the temporary file', () => {
  const large = JSON.stringify(Array.from({length: 50_000}, (_none, id) => ({id})));

  test.each([
    ['plain', large],
    ['in gzip', gzipSync(large)],
    ['in zip', zipOf([{name: 'a.json', content: large}])],
  ])(
    'with a response %s is private to this user, and removed if the reader stops early',
    async (_how, body) => {
      const origin = await serveBody(body);
      const {download, close} = openHttpClient(
        {baseUrl: origin},
        {signal: new AbortController().signal, log: () => {}},
      );
      const seen: unknown[] = [];
      for await (const _batch of download('/export')) {
        seen.push(openFiles());
        break;
      }
      await close();
      expect([seen, openFiles()]).toEqual([[[0o600]], []]);
    },
  );

  test('is removed after the end and after a failure', async () => {
    await readAll(await serveBody('[{"id":1}]'));
    await readAll(await serveBody('[{"id":1}'));
    await readAll(await serveBody(gzipSync('[{"id":1}')));
    await readAll(await serveBody(zipOf([{name: 'a', content: '[{"id":1'}])));
    expect(openFiles()).toEqual([]);
  });

  test('holds the whole response before the first record is yielded', async () => {
    const state = {sent: false};
    const origin = await serve(async (_request, response) => {
      response.write('[');
      for (let block = 0; block < 50; block += 1) {
        if (!response.write(`${JSON.stringify({text: 'x'.repeat(100_000)})},`))
          await once(response, 'drain');
      }
      response.end('{}]');
      state.sent = true;
    });
    const sent: boolean[] = [];
    await readAll(origin, {}, {}, () => sent.push(state.sent));
    expect([sent.length > 3, new Set(sent)]).toEqual([true, new Set([true])]);
  });

  test('that cannot be created is an error with advice', async () => {
    expect(await failureOf(() => openTemporary('/proc/nowhere'))).toBe(
      'ConfigError: Cannot create the temporary file for a download in /proc/nowhere: ENOENT. ' +
        'Set TMPDIR to a directory that this user may write to.',
    );
  });

  test('larger than `maxDownloadBytes` is an error', async () => {
    const {failure} = await readAll(await serveBody('[{"id":1}]'), {}, {maxDownloadBytes: 9});
    expect(failure).toBe(
      'SystemError: api/export answered with more than 9 bytes (0 MiB), decompressed. Request a smaller part, or raise `maxDownloadBytes`.',
    );
  });

  test('on a full disk is an error with advice', async () => {
    const file = await open('/dev/full', 'w');
    const sink = intoFile(new URL('https://api.test/export'), file, {
      largest: 100,
      sent: () => 100,
    });
    const failure = await failureOf(async () => sink.take(Buffer.from('[]')));
    await file.close();
    expect(failure).toMatch(
      /^ConfigError: No space for the response of https:\/\/api\.test\/export in \/.*: ENOSPC: no space left on device, write, after 0 bytes\. Free some space there, or set TMPDIR to a directory that has more\.$/,
    );
  });
});

describe('the time limit of a download', () => {
  const trickle = (response: ServerResponse, ended: () => boolean): void => {
    const timer = setInterval(() => {
      if (ended()) response.end(']');
      else response.write(' ');
    }, 5);
    response.write('[');
    response.on('close', () => clearInterval(timer));
  };

  test('is separate from that of other requests', async () => {
    const origin = await serve((_request, response) => {
      let parts = 0;
      trickle(response, () => {
        parts += 1;
        return parts > 20;
      });
    });
    const {failure} = await readAll(origin, {}, {timeouts: {total: {milliseconds: 50}}});
    expect(failure).toBeUndefined();
  });

  test('ends one that trickles forever', async () => {
    const origin = await serve((_request, response) => trickle(response, () => false));
    const {failure} = await readAll(
      origin,
      {},
      {timeouts: {download: {milliseconds: 50}}, retry: {attempts: 1}},
    );
    expect(failure).toMatch(/^TransientError: GET api\/export failed with a timeout\./);
  });
});

test('the end of the run ends a download that is being read', async () => {
  const stop = new AbortController();
  const origin = await serveBody(JSON.stringify(ITEMS));
  const {batches, failure} = await readAll(
    origin,
    {},
    {},
    () => stop.abort(new RangeError('Stopped by SIGTERM.')),
    stop.signal,
  );
  expect([batches.length, failure]).toEqual([1, 'RangeError: Stopped by SIGTERM.']);
});
