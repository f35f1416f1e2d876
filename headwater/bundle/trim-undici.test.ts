import {execFile} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, rmSync} from 'node:fs';
import {createServer as createSecureServer} from 'node:https';
import {type AddressInfo, connect, createServer, type Server} from 'node:net';
import {tmpdir} from 'node:os';
import {join, relative} from 'node:path';
import {promisify} from 'node:util';
import {gzipSync} from 'node:zlib';
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {build} from 'esbuild';
import nock from 'nock';
import {hasOpenssl, makeCertificates} from '../../test/http/certificates.ts';
import {serve} from '../../test/http/loopback.ts';
import {bundleProgram} from './bundle.ts';
import {adviceFor, faultOfParts, loadParts, trimUndici} from './trim-undici.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Bundles a program that loads undici. Returns if all of undici is in it, and the warnings. */
const bundleWith = async (plugin: ReturnType<typeof trimUndici>) => {
  const {outputFiles, warnings} = await build({
    stdin: {contents: "export {Agent} from 'undici';", resolveDir: ROOT},
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    plugins: [plugin],
    logLevel: 'silent',
  });
  const text = outputFiles.map((file) => file.text).join('');
  return {
    hasAll: text.includes('undici/lib/web/websocket/'),
    warnings: warnings.map((one) => one.text),
  };
};

describe('the parts of undici in a bundle', () => {
  test('are the exports of the undici that is installed', async () => {
    const fault = await faultOfParts();
    // A failure prints what to do.
    expect(fault && adviceFor(fault)).toBeUndefined();
  });

  test('are named if they differ from the exports', async () => {
    const parts = await loadParts();
    const other = class {};
    const moved = {...parts, Pool: other, Dispatcher: other};
    expect(await faultOfParts(async () => moved)).toBe(
      'its Pool, Dispatcher in headwater/bundle/undici-parts.js and in its public entry differ',
    );
  });

  test('include each export that the transport imports', async () => {
    const held: readonly unknown[] = Object.values(await loadParts());
    const imported = Object.entries(await import('../../cdk/http/wire/undici.ts'));
    expect(imported.filter(([, value]) => !held.includes(value)).map(([name]) => name)).toEqual([]);
    expect(imported.length).toBeGreaterThan(0);
  });

  test('are the only parts of undici in a bundle', async () => {
    expect(await bundleWith(trimUndici())).toEqual({hasAll: false, warnings: []});
  });

  test('give way to the public entry, with a warning, if one has moved', async () => {
    const missing = async () => {
      throw new Error("Cannot find module 'undici/lib/dispatcher/agent.js'");
    };
    expect(await bundleWith(trimUndici(missing))).toEqual({
      hasAll: true,
      warnings: [
        expect.stringMatching(
          /^undici \d+\.\d+\.\d+ has moved a part: Cannot find module 'undici\/lib\/dispatcher\/agent\.js'\. Until its path in headwater\/bundle\/undici-parts\.js is corrected, bundles hold all of undici: 0\.5 MB more to load, and 10 ms more before the first request\.$/,
        ),
      ],
    });
  });
});

describe('a bundle', () => {
  const folder = mkdtempSync(join(tmpdir(), 'headwater-trim-undici-'));
  const program = join(folder, 'send.js');
  const open: Server[] = [];

  beforeAll(() => bundleProgram(ROOT, 'test/programs/send.js', relative(ROOT, program)));
  afterAll(() => {
    for (const server of open) server.close();
    rmSync(folder, {recursive: true});
  });

  const send = async (request: object): Promise<string> => {
    const {stdout} = await promisify(execFile)(process.execPath, [
      program,
      JSON.stringify(request),
    ]);
    return stdout.trim();
  };

  const listen = async (server: Server): Promise<number> => {
    open.push(server.listen(0, '127.0.0.1'));
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };

  test('follows a redirect and decompresses the response', async () => {
    const url = await serve(({url: path}, response) => {
      if (path === '/from') response.writeHead(302, {location: '/to'}).end();
      else response.writeHead(200, {'content-encoding': 'gzip'}).end(gzipSync('here'));
    });
    expect(await send({url: `${url}/from`})).toBe('here');
  });

  (hasOpenssl ? test : test.skip)('asks a proxy for a tunnel', async () => {
    nock.enableNetConnect('127.0.0.1');
    const {ca, server: certificate} = makeCertificates();
    const api = createSecureServer(certificate, (_request, response) => response.end('through'));
    const port = await listen(api);
    const heads: string[] = [];
    const proxy = createServer((socket) =>
      socket.once('data', (head) => {
        heads.push(head.toString().split('\r\n', 1)[0] ?? '');
        const upstream = connect(port, '127.0.0.1', () => {
          socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
          upstream.pipe(socket).pipe(upstream);
        });
      }),
    );
    const proxyUrl = `http://127.0.0.1:${await listen(proxy)}`;
    const body = await send({url: 'https://api.test/', tls: {ca}, proxy: {url: proxyUrl}});
    expect([body, heads]).toEqual(['through', ['CONNECT api.test:443 HTTP/1.1']]);
  });
});
