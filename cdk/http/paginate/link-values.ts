// Parses the Link header (RFC 8288 §3), and the forms of it that servers send instead.

export type LinkValue = {
  readonly target: string;
  readonly relations: readonly string[];
  /** The first value of each other parameter, by its name in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
};

export type LinkHeader = {
  readonly links: readonly LinkValue[];
  /** The parts that are not understood, and what a reader must ignore. */
  readonly rest: string;
};

// A token is a comma, a target (in angle brackets, or a bare URL), or a parameter whose value is missing, bare or quoted: by
// double quotes, by single quotes, or by quotes that the server escaped once too often. Targets may contain commas and
// semicolons, and quoted values any character.
const TOKEN = new RegExp(
  [
    ',',
    '<(?<target>[^<>]*)>',
    '(?<bareTarget>https?://[^\\s<>";]+)',
    '(?<name>[^\\s=;,<>"\']+)(?:\\s*=\\s*(?:\\\\"(?<escaped>[^"\\\\]*)\\\\"|"(?<quoted>(?:[^"\\\\]|\\\\.)*)"|\'(?<single>[^\']*)\'|(?<bare>[^;,"<>]*)))?',
  ].join('|'),
  'gi',
);

type Groups = Readonly<
  Partial<
    Record<'target' | 'bareTarget' | 'name' | 'escaped' | 'quoted' | 'single' | 'bare', string>
  >
>;

type OpenLink = {
  readonly target: string;
  relations: readonly string[] | undefined;
  readonly parameters: Map<string, string>;
};

/** Typographic quotes, which arrive as Latin-1, and other signs around the words are dropped. */
const wordsOf = (value: string): readonly string[] =>
  value
    .toLowerCase()
    .split(/\s+/)
    .map((word) => word.replace(/^[^a-z0-9]{1,9}/, '').replace(/[^a-z0-9]{1,9}$/, ''))
    .filter((word) => word !== '');

const BARE_END = /,$/;

/** Takes one parameter. Returns the part of it that a reader must ignore. */
const takeParameter = (
  link: OpenLink | undefined,
  {name = '', escaped, quoted, single, bare}: Groups,
): string => {
  const value = escaped ?? quoted ?? single ?? bare;
  const key = name.toLowerCase();
  if (key === 'rel' && value !== undefined) {
    // Only the first counts (RFC 8288 §3.3), and without a target it means nothing.
    if (link === undefined || link.relations !== undefined) return value;
    link.relations = wordsOf(value);
    return '';
  }
  if (value === undefined) return name;
  if (link !== undefined && !link.parameters.has(key)) link.parameters.set(key, value.trim());
  return key === 'rel*' ? value : '';
};

export const parseLinkHeader = (header: string): LinkHeader => {
  const opened: OpenLink[] = [];
  const rest: string[] = [];
  let link: OpenLink | undefined;
  let end = 0;
  for (const found of header.matchAll(TOKEN)) {
    const groups: Groups = found.groups ?? {};
    rest.push(header.slice(end, found.index));
    end = found.index + found[0].length;
    const target = groups.target ?? groups.bareTarget?.replace(BARE_END, '');
    if (target !== undefined) {
      link = {target: target.trim(), relations: undefined, parameters: new Map()};
      opened.push(link);
    } else if (groups.name !== undefined) {
      rest.push(takeParameter(link, groups));
    }
    // A comma ends the link, so that a relation of a part that is not understood is not taken for that of the link before.
    if (found[0] === ',' || (target !== undefined && found[0].endsWith(','))) link = undefined;
  }
  rest.push(header.slice(end));
  return {
    links: opened.map(({relations = [], ...one}) => ({...one, relations})),
    rest: rest.join(' '),
  };
};
