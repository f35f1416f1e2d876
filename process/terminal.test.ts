import {expect, test} from '@jest/globals';
import {harmless, harmlessText} from './terminal.ts';

test.each([
  ['a colour', '\u001b[31mred\u001b[0m', 'red'],
  ['a move of the cursor', 'a\u001b[2J\u001b[1;1Hb', 'ab'],
  ['a title', 'a\u001b]0;title\u0007b', 'ab'],
  ['a link', '\u001b]8;;http://evil.example\u001b\\click\u001b]8;;\u001b\\', 'click'],
  ['a colour of eight bits', '\u009b31mred', 'red'],
  ['an ESC alone', 'a\u001bZ', expect.not.stringContaining('\u001b')],
  ['a sequence without its end', 'a\u001b]0;title', expect.not.stringContaining('\u001b')],
  ['a device control', 'a\u001bPq#0\u001b\\b', expect.not.stringContaining('\u001b')],
  ['a bell', 'a\u0007b', 'a b'],
  ['a carriage return', 'error\rfine ', 'error fine '],
  ['a backspace and a delete', 'a\b\u007fb', 'a  b'],
  ['a line break', 'a\nb', 'a b'],
  ['a next line of eight bits', 'a\u0085b', 'a b'],
  ['a bidi override', 'a\u202eb\u202c', 'a�b�'],
  ['a bidi isolate', 'a\u2066b\u2069', 'a�b�'],
  ['a bidi mark', 'a\u200fb\u061c', 'a�b�'],
  ['line separators', 'a\u2028b\u2029', 'a�b�'],
  ['invisible characters', 'a\u200b\u2060\ufeffb', 'a���b'],
  ['tags', 'a\u{e0041}b', 'a�b'],
  ['half a pair', 'a\ud800b', 'a�b'],
  ['letters of all scripts, and emoji', 'Ünïté שלום 東京 👩‍💻', 'Ünïté שלום 東京 👩‍💻'],
])('%s is harmless', (_, text, expected) => {
  expect(harmless(text)).toEqual(expected);
});

test('a text of several lines keeps them', () => {
  expect(harmlessText('a\r\nb\u001b[1m\n')).toBe('a \nb\n');
});

test.each(['\u001b', '\u001b[', '\u001b]8;', '\u009b1;', '\r', '\u202e'])(
  'a megabyte of %j takes less than a second',
  (part) => {
    const startedAt = performance.now();
    harmless(part.repeat(1_000_000 / part.length));
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  },
);

test('a long text is cut', () => {
  const long = 'long '.repeat(250_000);
  expect([harmless(long), harmlessText(long)]).toEqual(Array(2).fill(`${long.slice(0, 20_000)}…`));
});
