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
const LATIN = new Map(
  (
    'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para middot ' +
    'cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml ' +
    'Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig ' +
    'agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ' +
    'ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml'
  )
    .split(' ')
    .map((name, index) => [name, 0xa0 + index]),
);

const OTHER_NAMES = new Map([
  ['euro', 0x20ac],
  ['hellip', 0x2026],
  ['ndash', 0x2013],
  ['mdash', 0x2014],
  ['lsquo', 0x2018],
  ['rsquo', 0x2019],
  ['sbquo', 0x201a],
  ['ldquo', 0x201c],
  ['rdquo', 0x201d],
  ['bdquo', 0x201e],
  ['lsaquo', 0x2039],
  ['rsaquo', 0x203a],
  ['bull', 0x2022],
  ['trade', 0x2122],
  ['dagger', 0x2020],
  ['Dagger', 0x2021],
  ['permil', 0x2030],
  ['zwnj', 0x200c],
  ['zwj', 0x200d],
]);

/** Thrown for a reference without a value. */
class EntityFault extends Error {
  override readonly name = 'EntityFault';
}

const codeOf = (reference: string): number =>
  /^#x/i.test(reference)
    ? Number.parseInt(reference.slice(2), 16)
    : Number.parseInt(reference.slice(1), 10);

const isSign = (code: number): boolean =>
  code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);

const NUMBER = /^#(x[0-9a-f]{1,8}|\d{1,8})$/i;

const assertNumber = (reference: string): number => {
  const code = NUMBER.test(reference) ? codeOf(reference) : 0;
  if (isSign(code)) return code;
  throw new EntityFault(`&${reference}; is not a character`);
};

const numbered = (code: number): string => `&#${code};`;

const ENDS: ReadonlyMap<string, string> = new Map([
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
]);

/** Replaces each `&` outside of comments, CDATA and processing instructions, in one pass. `textFor` gets the name after it, if any. */
const replaceReferences = (
  text: string,
  textFor: (reference: string | undefined) => string,
): string => {
  const marks = /&(?:([^\s&;<>"']{1,200});)?|<!--|<!\[CDATA\[|<\?/g;
  const parts: string[] = [];
  let done = 0;
  for (let mark = marks.exec(text); mark !== null; mark = marks.exec(text)) {
    const [found, reference] = mark;
    const ending = ENDS.get(found);
    if (ending === undefined) {
      parts.push(text.slice(done, mark.index), textFor(reference));
      done = marks.lastIndex;
      continue;
    }
    const end = text.indexOf(ending, mark.index);
    if (end < 0) break;
    marks.lastIndex = end + ending.length;
  }
  return parts.join('') + text.slice(done);
};

/** Text as references, so that the parser neither trims it nor takes it for markup. */
const escaped = (text: string): string =>
  text.replaceAll(/[&"'\s]/g, (sign) => numbered(sign.charCodeAt(0)));

/** Returns the text of a reference for the parser. */
const expander = (declared: Declared) => {
  let expanded = 0;
  const textFor = (reference: string, names: readonly string[]): string => {
    if (reference.startsWith('#')) return numbered(assertNumber(reference));
    if (PREDEFINED.has(reference)) return `&${reference};`;
    if (declared.has(reference)) return declaredValue(reference, names);
    const code = LATIN.get(reference) ?? OTHER_NAMES.get(reference);
    if (code === undefined) throw new EntityFault(`the entity &${reference}; is not declared`);
    return numbered(code);
  };
  const declaredValue = (name: string, names: readonly string[]): string => {
    const value = declared.get(name);
    if (value === undefined) {
      throw new EntityFault(`the entity &${name}; refers to a file, and files are not read`);
    }
    if (names.includes(name)) throw new EntityFault(`the entity &${name}; contains itself`);
    expanded += value.length;
    if (names.length > DEEPEST || expanded > MOST_EXPANDED) {
      throw new EntityFault(`the entity &${name}; grows too large`);
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

/** Escapes all but references. */
const escapedText = (text: string): string =>
  text
    .split(/(&[^&;]{1,200};)/)
    .map((part, index) => (index % 2 === 1 ? part : escaped(part)))
    .join('');

const SPACE = /\s*/y;

const skipSpace = (text: string, at: number): number => {
  SPACE.lastIndex = at;
  SPACE.test(text);
  return SPACE.lastIndex;
};

/** The index after the next occurrence; or the end of the text. */
const after = (text: string, sign: string, at: number): number => {
  const index = text.indexOf(sign, at);
  return index < 0 ? text.length : index + sign.length;
};

/** The index after the `>` of a declaration, whose strings may hold others. */
const afterDeclaration = (text: string, at: number): number => {
  const signs = /["'>]/g;
  signs.lastIndex = at;
  for (let sign = signs.exec(text); sign !== null; sign = signs.exec(text)) {
    if (sign[0] === '>') return signs.lastIndex;
    signs.lastIndex = after(text, sign[0], signs.lastIndex);
  }
  return text.length;
};

const ENTITY =
  /<!ENTITY\s+(%\s+)?([^\s"'<>&;%]{1,200})\s+(?:"([^"]*)"|'([^']*)'|(?:SYSTEM|PUBLIC)\s)/y;

/** Numbers are replaced in a declaration, names only where the entity is used. */
const literalOf = (value: string): string =>
  value.replaceAll(/&(#[^;&\s]{1,20});/g, (_all, reference: string) =>
    String.fromCodePoint(assertNumber(reference)),
  );

/** The first declaration of a name counts. */
const declare = (text: string, at: number, declared: Map<string, string | undefined>): void => {
  ENTITY.lastIndex = at;
  const [, parameter, name, double, single] = ENTITY.exec(text) ?? [];
  if (name === undefined || parameter !== undefined || declared.has(name)) return;
  const value = double ?? single;
  declared.set(name, value === undefined ? undefined : literalOf(value));
};

/** The index after a comment or an instruction; or the same index without one. */
const afterAside = (text: string, at: number): number => {
  if (text.startsWith('<!--', at)) return after(text, '-->', at);
  return text.startsWith('<?', at) ? after(text, '?>', at) : at;
};

const afterItem = (text: string, at: number): number => {
  if (text[at] === '%') return after(text, ';', at);
  const aside = afterAside(text, at);
  return aside === at ? afterDeclaration(text, at) : aside;
};

/** Reads declarations up to the `]`. */
const readSubset = (text: string, start: number, declared: Map<string, string | undefined>) => {
  let at = skipSpace(text, start);
  while (at < text.length && text[at] !== ']') {
    declare(text, at, declared);
    at = skipSpace(text, afterItem(text, at));
  }
  return at;
};

/** The index of the document's first markup, after its declaration, comments and instructions. */
const afterProlog = (text: string): number => {
  let at = skipSpace(text, 0);
  for (let next = afterAside(text, at); next !== at; next = afterAside(text, at)) {
    at = skipSpace(text, next);
  }
  return at;
};

const DOCTYPE_START = /<!DOCTYPE[^"'>[]*(?:"[^"]*"[^"'>[]*|'[^']*'[^"'>[]*){0,2}/y;

/** Takes the document type out of a text, but keeps its lines. */
const splitDoctype = (text: string): {readonly text: string; readonly declared: Declared} => {
  const declared = new Map<string, string | undefined>();
  const start = afterProlog(text);
  DOCTYPE_START.lastIndex = start;
  if (!DOCTYPE_START.test(text)) return {text, declared};
  const head = DOCTYPE_START.lastIndex;
  const end = text[head] === '[' ? readSubset(text, head + 1, declared) : head;
  const rest = afterDeclaration(text, end);
  const lines = text.slice(start, rest).replaceAll(/[^\n]+/g, '');
  return {text: text.slice(0, start) + lines + text.slice(rest), declared};
};

/** The document without its type, and with the values of its entities. Throws an EntityFault for a reference without a value. */
export const expandEntities = (document: string): string => {
  const {text, declared} = splitDoctype(document);
  return text.includes('&') ? replaceReferences(text, expander(declared)) : text;
};
