// Signs JSON Web Tokens with jose, which is only loaded for the first one: few sources need it.
import {createPrivateKey} from 'node:crypto';
import {ConfigError} from '../../errors.ts';
import {restorePem} from '../wire/pem.ts';

type Algorithm = 'RS256' | 'ES256' | 'HS256';

/** A key as a config holds it. */
export type SigningKey = {
  readonly algorithm: Algorithm;
  /** A private key in PEM (PKCS 8, PKCS 1 or SEC 1); for HS256 the shared secret. */
  readonly key: string;
  /** The encoding of the shared secret. Default `utf8`. */
  readonly encoding?: 'utf8' | 'hex' | 'base64';
};

/** Seconds by which our clock may be ahead of the server's. */
const SKEW = 60;

/** The life is counted from `iat`, since servers limit it. */
export const validity = (now: number, life: number) => {
  const iat = Math.floor(now / 1_000) - SKEW;
  return {iat, exp: iat + life};
};

export const importPrivateKey = async (pem: string, algorithm: 'RS256' | 'ES256') => {
  const {importPKCS8} = await import('jose');
  try {
    // Not importPKCS8 alone: GitHub issues PKCS 1, OpenSSL SEC 1.
    const key = createPrivateKey(restorePem(pem)).export({type: 'pkcs8', format: 'pem'});
    return await importPKCS8(String(key), algorithm);
  } catch {
    // Without the cause, which adds nothing: OpenSSL's input is a secret.
    throw new ConfigError(
      `The private key in the config can't be used with ${algorithm}: paste the whole PEM file, from its BEGIN line to its END line, unencrypted.`,
    );
  }
};

const sharedSecret = ({key, encoding = 'utf8'}: SigningKey): Uint8Array => {
  const secret = Buffer.from(key, encoding);
  // Buffer silently stops at the first character that is not hexadecimal.
  const isComplete = encoding !== 'hex' || secret.length * 2 === key.length;
  if (secret.length > 0 && isComplete) return secret;
  throw new ConfigError(
    `The signing key in the config is empty or not in ${encoding}: paste it again.`,
  );
};

/** Imports the key once, at the first call. */
export const openSigner = (signingKey: SigningKey) => {
  const {algorithm, key} = signingKey;
  let imported: ReturnType<typeof importPrivateKey> | undefined;
  return async (
    header: Readonly<Record<string, string>>,
    claims: Readonly<Record<string, unknown>>,
  ): Promise<string> => {
    const {SignJWT} = await import('jose');
    const unsigned = new SignJWT(claims).setProtectedHeader({
      typ: 'JWT',
      ...header,
      alg: algorithm,
    });
    if (algorithm === 'HS256') return unsigned.sign(sharedSecret(signingKey));
    imported ??= importPrivateKey(key, algorithm);
    return unsigned.sign(await imported);
  };
};
