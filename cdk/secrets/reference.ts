// What a reference looks like. Strict, so that no ordinary value is mistaken for one.

/** Where the value of a reference is kept. */
export type Kind = 'env' | 'file' | 'aws-sm' | 'gcp-sm' | 'vault';

export type Reference = {
  /** As it stands in the config. */
  readonly text: string;
  readonly kind: Kind;
  /** What is fetched: the name of a variable, a path, the name of a secret. */
  readonly target: string;
  /** Which field of a JSON secret is meant: `password`, `db.password`; undefined for the whole secret. */
  readonly key: string | undefined;
};

const KEY = '#(?<key>[^#\\r\\n]+)';

const PATTERNS: Readonly<Record<Kind, RegExp>> = {
  env: /^env:(?<target>[A-Z_][A-Z0-9_]*)$/,
  // `file://host/…` is a URL, and ordinary.
  file: /^file:(?<target>\/[^/\0\r\n][^\0\r\n]*)$/,
  // https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html says which names there are;
  // those that AWS makes itself have a `!`, as `rds!db-…`.
  'aws-sm': new RegExp(
    `^aws-sm:(?<target>arn:aws[\\w-]*:secretsmanager:[\\w-]+:\\d+:secret:[\\w/+=.@!-]+|[\\w/+=.@!-]+)(?:${KEY})?$`,
  ),
  'gcp-sm': new RegExp(
    `^gcp-sm:(?<target>projects/[\\w.:-]+/secrets/[\\w-]+(?:/versions/[\\w-]+)?)(?:${KEY})?$`,
  ),
  // No segment may be `.` or `..`: a URL would not keep it.
  vault: new RegExp(
    `^vault:(?<target>(?!\\.{1,2}/)[^\\s#/]+(?:/(?!\\.{1,2}(?:/|#))[^\\s#/]+)+)${KEY}$`,
  ),
};

const SHAPES: Readonly<Record<Kind, string>> = {
  env: 'env:NAME, in capitals',
  file: 'file:/an/absolute/path',
  'aws-sm': 'aws-sm:<name or ARN>, with #<key> for a field of a JSON secret',
  'gcp-sm':
    'gcp-sm:projects/<project>/secrets/<name>, with /versions/<version> and #<key> if need be',
  vault: 'vault:<mount>/<path>#<key>',
};

const KINDS = ['env', 'file', 'aws-sm', 'gcp-sm', 'vault'] as const;

/** Reads a value of a config; undefined where it is no reference. */
export const parseReference = (value: unknown): Reference | undefined => {
  if (typeof value !== 'string') return undefined;
  for (const kind of KINDS) {
    const {target, key} = PATTERNS[kind].exec(value)?.groups ?? {};
    if (target !== undefined) return {text: value, kind, target, key};
  }
  return undefined;
};

/**
 * How a reference of that kind looks, where a value begins like one but is none: `env:my_token`. Most likely it was
 * meant as one; undefined for any other value.
 */
export const shapeMissed = (value: unknown): string | undefined => {
  if (typeof value !== 'string' || parseReference(value) !== undefined) return undefined;
  const kind = KINDS.find((candidate) => value.startsWith(`${candidate}:`));
  return kind === undefined || value.startsWith('file://') ? undefined : SHAPES[kind];
};
