// JSON Web Tokens, signed by jose, which is loaded when the first one is: few sources sign anything.
import {createPrivateKey} from 'node:crypto';
import {ConfigError} from '../../errors.ts';

type Algorithm = 'RS256' | 'ES256' | 'HS256';

/** A key as a config holds it. */
export type SigningKey = {
  readonly algorithm: Algorithm;
  /** A private key in PEM (PKCS 8, PKCS 1 or SEC 1); for HS256 the shared secret. */
  readonly key: string;
  /** How the shared secret is written down; `utf8` unless said otherwise. */
  readonly encoding?: 'utf8' | 'hex' | 'base64';
};

/** A clock that is a minute ahead of the server's still makes tokens that are valid there. */
const SKEW = 60;

/** `iat` and `exp` of what is signed now. The life is counted from `iat`: servers put a limit to it. */
export const validity = (now: number, life: number) => {
  const iat = Math.floor(now / 1_000) - SKEW;
  return {iat, exp: iat + life};
};

/** Forms and environment variables turn line breaks into `\n`. */
const unescapeLines = (pem: string): string => pem.replaceAll('\\n', '\n').trim();

export const importPrivateKey = async (pem: string, algorithm: 'RS256' | 'ES256') => {
  const {importPKCS8} = await import('jose');
  try {
    // Not importPKCS8 alone: GitHub hands out PKCS 1, OpenSSL SEC 1.
    const key = createPrivateKey(unescapeLines(pem)).export({type: 'pkcs8', format: 'pem'});
    return await importPKCS8(String(key), algorithm);
  } catch {
    // Without the cause: OpenSSL has no more to say, and what it was given is a secret.
    throw new ConfigError(
      `The private key in the config can't be used with ${algorithm}: paste the whole PEM file, from its BEGIN line to its END line, unencrypted.`,
    );
  }
};

const sharedSecret = ({key, encoding = 'utf8'}: SigningKey): Uint8Array => {
  const secret = Buffer.from(key, encoding);
  // Buffer ends silently at the first character that is not of the encoding.
  const isWhole = encoding !== 'hex' || secret.length * 2 === key.length;
  if (secret.length > 0 && isWhole) return secret;
  throw new ConfigError(
    `The signing key in the config is empty or not in ${encoding}: paste it again.`,
  );
};

/** Imports the key at once when it is first called, and once. */
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
