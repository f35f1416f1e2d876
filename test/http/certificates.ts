// Creates certificates with openssl, for servers on loopback.
import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {printLine} from '../print-line.ts';

export const hasOpenssl = (() => {
  try {
    execFileSync('openssl', ['version'], {stdio: 'ignore'});
    return true;
  } catch {
    printLine('Skipped: tests of certificates, since openssl is not installed.');
    return false;
  }
})();

/** An authority, a server's certificate for localhost, and a client's, in PEM. */
export const makeCertificates = () => {
  const folder = mkdtempSync(join(tmpdir(), 'headwater-tls-'));
  const openssl = (...args: readonly string[]) =>
    execFileSync('openssl', [...args], {cwd: folder, stdio: 'ignore'});
  const pem = (name: string) => readFileSync(join(folder, name), 'utf8');
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=Our CA');
  const issue = (name: string, subject: string) => {
    openssl(
      ...['req', '-x509', ...key, '-CA', 'ca.pem', '-CAkey', 'ca.key', '-subj', subject],
      ...['-addext', 'subjectAltName=DNS:localhost,DNS:api.test,IP:127.0.0.1'],
      ...['-addext', 'basicConstraints=critical,CA:FALSE'],
      ...['-keyout', `${name}.key`, '-out', `${name}.pem`],
    );
    return {cert: pem(`${name}.pem`), key: pem(`${name}.key`)};
  };
  try {
    return {
      ca: pem('ca.pem'),
      ...{server: issue('server', '/CN=localhost')},
      client: issue('client', '/CN=tap'),
    };
  } finally {
    rmSync(folder, {recursive: true});
  }
};

export type Certificates = ReturnType<typeof makeCertificates>;
