// Makes text of others fit for a terminal.

/**
 * Sequences of ECMA-48: commands with parameters (CSI), strings with an end (OSC, DCS and others), and short ones. Lengths are
 * limited, because `stripVTControlCharacters` of Node takes minutes for a megabyte of sequences without an end.
 */
const SEQUENCES = new RegExp(
  [
    String.raw`(?:\u001b\[|\u009b)[0-?]{0,40}[ -\/]{0,10}[@-~]`,
    String.raw`\u001b[\]PX^_][^\u0007\u001b\n]{0,2000}(?:\u0007|\u001b\\)`,
    String.raw`\u001b[ -\/]{0,4}[0-~]`,
  ].join('|'),
  'g',
);

/** Controls but the line break: ESC, BEL and CR among them, and those from U+0080 to U+009F. */
const CONTROLS = /[^\P{Cc}\n]/gu;

/** They reorder, hide or break what is around them: https://unicode.org/reports/tr9/ and https://trojansource.codes. */
const INVISIBLE =
  /[\p{Bidi_Control}\p{Zl}\p{Zp}\p{Cs}\u200b\u2060-\u2064\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** A connector may print a line of megabytes. No reader of a terminal wants more than this. */
const MAX_TEXT = 20_000;

const cut = (text: string): string =>
  text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;

/** Removes all that could control a terminal or deceive its reader, but line breaks. A long text is cut. */
export const harmlessText = (text: string): string =>
  cut(text).replaceAll(SEQUENCES, '').replaceAll(CONTROLS, ' ').replaceAll(INVISIBLE, '\ufffd');

/** The same for one line: a line break becomes a space. */
export const harmless = (line: string): string => harmlessText(line).replaceAll('\n', ' ');
