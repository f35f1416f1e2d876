// Cuts the ends of strings.

const MAX_QUOTE = 300;

/** The beginning of a server's text. `…` stands for the rest; the redactor knows that a secret may be cut there. */
export const excerpt = (text: string, length = MAX_QUOTE): string =>
  text.length > length ? `${text.slice(0, length)}…` : text;

/**
 * The string without the characters at its end for which `isCut` is true. Not by a pattern such as `/0+$/`, which starts
 * again at each zero: it takes a minute for 100 kB of zeros before another character.
 */
export const trimmedAtEnd = (text: string, isCut: (character: string) => boolean): string => {
  let end = text.length;
  while (end > 0 && isCut(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
};

/** Without the full stops and spaces at its end, so that it can stand within a sentence. */
export const withoutFullStop = (text: string): string =>
  trimmedAtEnd(text, (character) => character === '.' || character.trim() === '');

export const withoutZeros = (digits: string): string =>
  trimmedAtEnd(digits, (digit) => digit === '0');
