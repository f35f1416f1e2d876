// Replaces the entities that an XML document declares: https://www.w3.org/TR/xml/#sec-physical-struct
// fast-xml-parser does not replace those whose value holds a reference, and leaves unknown ones as they are.

/** The values by name; undefined for one that refers to a file. */
type Declared = ReadonlyMap<string, string | undefined>;

/** The most characters that entities may add to a document, as nested ones grow without end. */
const MOST_EXPANDED = 16 * 1024 ** 2;
const DEEPEST = 50;

/** The parser knows these, besides numbers. */
const PREDEFINED = new Set(['amp', 'lt', 'gt', 'quot', 'apos']);

/** HTML's names for U+00A0 to U+00FF, which APIs use in XML without a declaration. */
const LATIN =
  'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para middot ' +
  'cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml ' +
  'Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig ' +
  'agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ' +
  'ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml';

const OTHERS =
  'euro=20ac hellip=2026 ndash=2013 mdash=2014 lsquo=2018 rsquo=2019 sbquo=201a ldquo=201c rdquo=201d bdquo=201e lsaquo=2039 ' +
  'rsaquo=203a bull=2022 trade=2122 dagger=2020 Dagger=2021 permil=2030 zwnj=200c zwj=200d';

/** Not those of @nodable/entities, the parser's own: it has no `ndash`, and a wrong `ocirc`. */
const HTML_NAMES: ReadonlyMap<string, number> = new Map([
  ...LATIN.split(' ').map((name, index) => [name, 0xa0 + index] as const),
  ...OTHERS.split(' ').map((one) => {
    const [name = '', code = ''] = one.split('=');
    return [name, Number.parseInt(code, 16)] as const;
  }),
]);

const NUMBER = /^#(?:x([0-9a-f]{1,8})|(\d{1,8}))$/i;

const assertNumber = (reference: string): number => {
  const [, hex, decimal] = NUMBER.exec(reference) ?? [];
  const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  if (code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)) return code;
  throw new Error(`&${reference}; is not a character`);
};

const numbered = (code: number): string => `&#${code};`;

/** Comments, CDATA and instructions, to their end or that of the text. */
const [COMMENT, CDATA, INSTRUCTION] = [
  '<!(?=--).*?(?:-->|$)',
  String.raw`<!\[CDATA\[.*?(?:\]\]>|$)`,
  String.raw`<(?=\?).*?(?:\?>|$)`,
];

const AMPERSANDS = new RegExp(
  String.raw`&(?:([^\s&;<>"']{1,200});)?|${COMMENT}|${CDATA}|${INSTRUCTION}`,
  'gs',
);

/** Replaces each `&` outside of comments, CDATA and instructions. `textFor` gets the name after it, if any. */
const replaceReferences = (
  text: string,
  textFor: (reference: string | undefined) => string,
): string =>
  text.replace(AMPERSANDS, (found, reference?: string) =>
    found.startsWith('&') ? textFor(reference) : found,
  );

/** Text but its references, as references, so that the parser neither trims it nor takes it for markup. */
const escapedText = (text: string): string =>
  text.replace(/&[^&;]{1,200};|[&"'\s]/g, (found) =>
    found.length > 1 ? found : numbered(found.charCodeAt(0)),
  );

/** Returns the text of a reference for the parser. */
const expander = (declared: Declared) => {
  let expanded = 0;
  const textFor = (reference: string, names: readonly string[]): string => {
    if (reference.startsWith('#')) return numbered(assertNumber(reference));
    if (PREDEFINED.has(reference)) return `&${reference};`;
    if (declared.has(reference)) return declaredValue(reference, names);
    const code = HTML_NAMES.get(reference);
    if (code === undefined) throw new Error(`the entity &${reference}; is not declared`);
    return numbered(code);
  };
  const declaredValue = (name: string, names: readonly string[]): string => {
    const value = declared.get(name);
    if (value === undefined) {
      throw new Error(`the entity &${name}; refers to a file, and files are not read`);
    }
    if (names.includes(name)) throw new Error(`the entity &${name}; contains itself`);
    expanded += value.length;
    if (names.length > DEEPEST || expanded > MOST_EXPANDED) {
      throw new Error(`the entity &${name}; grows too large`);
    }
    const inner = [...names, name];
    const replaced = replaceReferences(value, (reference) =>
      reference === undefined ? numbered(38) : textFor(reference, inner),
    );
    // Markup is markup, as in the document.
    return value.includes('<') ? replaced : escapedText(replaced);
  };
  return (reference: string | undefined): string =>
    reference === undefined ? '&' : textFor(reference, []);
};

/** A declaration from anywhere outside of its strings, up to its `>`. */
const DECLARATION = `(?:[^"'>]+|"[^"]*(?:"|$)|'[^']*(?:'|$))*>?`;

const ENTITY = String.raw`<!ENTITY\s+([^\s"'<>&;%]{1,200})\s+(?:"([^"]*)"|'([^']*)'|(?:SYSTEM|PUBLIC)\s)`;

const PATTERNS = {
  space: /\s*/y,
  prolog: new RegExp(`\\s*(?:(?:${COMMENT}|${INSTRUCTION})\\s*)*`, 'sy'),
  doctype: /<!DOCTYPE[^"'>[]*(?:"[^"]*"[^"'>[]*|'[^']*'[^"'>[]*){0,2}/y,
  declaration: new RegExp(DECLARATION, 'y'),
  /** One of those before the `]`, with the name and the value of an entity. */
  item: new RegExp(
    `(?![\\]]|$)(?:${COMMENT}|${INSTRUCTION}|%[^;]*;?|(?:${ENTITY})?${DECLARATION})\\s*`,
    'sy',
  ),
};

const matchAt = (pattern: RegExp, text: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at;
  return pattern.exec(text);
};

const endOf = (pattern: RegExp, text: string, at: number): number =>
  at + (matchAt(pattern, text, at)?.[0].length ?? 0);

/** Numbers are replaced in a declaration, names only where the entity is used. */
const literalOf = (value: string): string =>
  value.replace(/&(#[^;&\s]{1,20});/g, (_all, reference: string) =>
    String.fromCodePoint(assertNumber(reference)),
  );

/** Reads declarations up to the `]`. The first one of a name counts. */
const readSubset = (text: string, start: number, declared: Map<string, string | undefined>) => {
  let at = endOf(PATTERNS.space, text, start);
  for (;;) {
    const item = matchAt(PATTERNS.item, text, at);
    if (item === null) return at;
    const [all, name, double, single] = item;
    at += all.length;
    if (name === undefined || declared.has(name)) continue;
    const value = double ?? single;
    declared.set(name, value === undefined ? undefined : literalOf(value));
  }
};

/** Takes the document type out of a text, but keeps its lines. */
const splitDoctype = (text: string): {readonly text: string; readonly declared: Declared} => {
  const declared = new Map<string, string | undefined>();
  const start = endOf(PATTERNS.prolog, text, 0);
  const head = endOf(PATTERNS.doctype, text, start);
  if (head === start) return {text, declared};
  const end = text[head] === '[' ? readSubset(text, head + 1, declared) : head;
  const rest = endOf(PATTERNS.declaration, text, end);
  const lines = text.slice(start, rest).replaceAll(/[^\n]+/g, '');
  return {text: text.slice(0, start) + lines + text.slice(rest), declared};
};

/** The document without its type, and with the values of its entities. Throws for a reference without a value. */
export const expandEntities = (document: string): string => {
  const {text, declared} = splitDoctype(document);
  return text.includes('&') ? replaceReferences(text, expander(declared)) : text;
};
