// Recognizes references to secrets. The patterns are strict, so that an ordinary value is not mistaken for a reference.

const KINDS = ['env', 'file', 'aws-sm', 'gcp-sm', 'vault'] as const;

export type Kind = (typeof KINDS)[number];

export type Reference = {
  readonly text: string;
  readonly kind: Kind;
  /** The name of a variable, a path, or the name of a secret. */
  readonly target: string;
  /** The field of a JSON secret: `password`, `db.password`; undefined for the whole secret. */
  readonly key: string | undefined;
};

const KEY = '#(?<key>[^#\\r\\n]+)';

const PATTERNS: Readonly<Record<Kind, RegExp>> = {
  env: /^env:(?<target>[A-Z_][A-Z0-9_]*)$/,
  // `file://host/…` is a URL, not a reference.
  file: /^file:(?<target>\/[^/\0\r\n][^\0\r\n]*)$/,
  // Names as in https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html, and those of AWS's
  // own secrets, which contain a `!`: `rds!db-…`.
  'aws-sm': new RegExp(
    `^aws-sm:(?<target>arn:aws[\\w-]*:secretsmanager:[\\w-]+:\\d+:secret:[\\w/+=.@!-]+|[\\w/+=.@!-]+)(?:${KEY})?$`,
  ),
  'gcp-sm': new RegExp(
    `^gcp-sm:(?<target>projects/[\\w.:-]+/secrets/[\\w-]+(?:/versions/[\\w-]+)?)(?:${KEY})?$`,
  ),
  // No segment may be `.` or `..`, because a URL would drop it.
  vault: new RegExp(
    `^vault:(?<target>(?!\\.{1,2}/)[^\\s#/]+(?:/(?!\\.{1,2}(?:/|#))[^\\s#/]+)+)${KEY}$`,
  ),
};

const SHAPES: Readonly<Record<Kind, string>> = {
  env: 'env:NAME, in capitals',
  file: 'file:/an/absolute/path',
  'aws-sm': 'aws-sm:<name or ARN>, with #<key> for a field of a JSON secret',
  'gcp-sm':
    'gcp-sm:projects/<project>/secrets/<name>, with /versions/<version> and #<key> if needed',
  vault: 'vault:<mount>/<path>#<key>',
};

export const parseReference = (value: unknown): Reference | undefined => {
  if (typeof value !== 'string') return undefined;
  for (const kind of KINDS) {
    const {target, key} = PATTERNS[kind].exec(value)?.groups ?? {};
    if (target !== undefined) return {text: value, kind, target, key};
  }
  return undefined;
};

/** The right form for a value that begins like a reference but is not one, such as `env:my_token`. */
export const shapeMissed = (value: unknown): string | undefined => {
  if (typeof value !== 'string' || parseReference(value) !== undefined) return undefined;
  const kind = KINDS.find((candidate) => value.startsWith(`${candidate}:`));
  return kind === undefined || value.startsWith('file://') ? undefined : SHAPES[kind];
};
