// A real OAuth 2 server in its own process.
import {spawn} from 'node:child_process';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {ROOT} from '../e2e/run-program.ts';

/** @param signer the public key, as JWK, of the client that authenticates by a signature */
export const startOidcProvider = async (signer: object) => {
  const program = join(ROOT, 'test/programs/oidc-provider.js');
  const child = spawn(process.execPath, [program, JSON.stringify(signer)], {
    // On stderr it warns about its in-memory storage, which is fine here.
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const port = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => {
      if (/^\d+$/.test(line)) resolve(line);
    });
    child.once('error', reject);
    child.once('close', (code) => reject(new Error(`oidc-provider ended with ${code}.`)));
  });
  const url = `http://127.0.0.1:${port}`;
  const json = async (path: string): Promise<unknown> => (await fetch(url + path)).json();
  return {
    url,
    /** Every grant since the last call, in order: `granted refresh_token`, `refused …`, `revoked`. */
    log: () => json('/log'),
    /** A refresh token, as after a user's consent in the browser. */
    consent: async (): Promise<string> => {
      const consented = await json('/consent');
      return String(Object(consented).refresh_token);
    },
    close: async () => {
      child.kill();
      await ended;
    },
  };
};
