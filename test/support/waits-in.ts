// Finds every place in a file of TypeScript that can wait. It reads text, not a syntax tree: TypeScript 7 has no API for one.

/** Comments, texts and patterns: what is in them is no code. A slash is a pattern's where no value can stand before it. */
const NO_CODE =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|(?<=(?:[=(,:?[!&|>;{]|return)\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/g;

/** Where code waits, or hands on the wait of what it calls. */
const WAIT =
  /\bfor await\s*\(.*? of |\bawait\b|\byield\s*\*|[\w.]*\.then\(|\bPromise\.(?:all|allSettled|any|race)\(|\bnew Promise\b|\bPromise\.withResolvers\b|(?<!\w)(?:\w+\.)*(?:send|authorized|request|hold|sleep|delay|destroy)\(/g;

const OPENING = '([{';
const CLOSING = ')]}';

const codeIn = (text: string): string =>
  text.replace(NO_CODE, (found) => (found.startsWith('/') ? '' : "''"));

/** What a mistaken slash or quote would have swallowed is missed here. */
const assertBalanced = (code: string, file: string): void => {
  for (const [index, open] of [...OPENING].entries()) {
    const close = CLOSING[index] ?? '';
    if (code.split(open).length !== code.split(close).length) {
      throw new Error(`${file} can't be read: its ${open}${close} are not balanced.`);
    }
  }
};

/** Brackets with none inside, and what stands for each bracket meanwhile. */
const INNERMOST = /([([{])([^()[\]{}]*)([)\]}])/g;
const STAND_IN = '⁽⁅⁌⁾⁆⁍';
const STANDING = /[⁽⁅⁌⁾⁆⁍]/g;
const BRACKETS = OPENING + CLOSING;

const standIn = (bracket = ''): string => STAND_IN.charAt(BRACKETS.indexOf(bracket));

/** The same with `…` for what is in brackets; those that are not balanced stay. */
const shortened = (code: string): string => {
  let before = '';
  let after = code;
  while (after !== before) {
    before = after;
    after = before.replace(
      INNERMOST,
      (_all, open: string, inner: string, close: string) =>
        standIn(open) + (inner.trim() === '' ? '' : '…') + standIn(close),
    );
  }
  return after.replace(STANDING, (found) => BRACKETS.charAt(STAND_IN.indexOf(found)));
};

/** Up to a comma, a semicolon, the end of the brackets it is in, or of a line behind which no `.` goes on. */
const EXPRESSION = /^(?:[([{]…?[)\]}]|[^;,)\]}\n]|\n\s*(?=\.|\?\.))*/;

/** The expression that begins here. */
const expressionAt = (code: string, start: number): string =>
  (EXPRESSION.exec(shortened(code.slice(start)))?.[0] ?? '').replace(/\s*\n\s*/g, '').trim();

/** Each wait of a file, in its order. An `await` of `send(…)` is one, not two. */
export const waitsIn = (text: string, file: string): readonly string[] => {
  const code = codeIn(text);
  assertBalanced(code, file);
  return [...code.matchAll(WAIT)].flatMap(({0: found, index}) => {
    if (/\bawait\s+$/.test(code.slice(0, index))) return [];
    if (!found.startsWith('for await')) return [expressionAt(code, index)];
    return [`for await of ${expressionAt(code, index + found.length)}`];
  });
};
