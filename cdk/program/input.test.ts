import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, describe, expect, test} from '@jest/globals';
import {failureOf} from '../../test/failure-of.ts';
import {printExact} from '../json/exact.ts';
import {readJsonFile, readStateFile} from './input.ts';

const folder = mkdtempSync(join(tmpdir(), 'headwater-input-'));
afterAll(() => rmSync(folder, {recursive: true}));

const file = (content: string | Buffer, name = 'config.json'): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

const PROBLEM =
  /^ConfigError: The config file .* is not valid JSON at (.*)\. Correct that line\.$/s;

/** The line and the problem that the error names for a file with this content. */
const problemOf = async (text: string): Promise<string | undefined> =>
  PROBLEM.exec(await failureOf(() => readJsonFile('config', file(text))))?.[1];

describe('a file', () => {
  test.each([
    ['.json', 'config.json'],
    ['.txt, as PyAirbyte does', 'tmp123.txt'],
    ['nothing', 'config'],
  ])('is read as JSON when its name ends with %s', async (_what, name) => {
    expect(await readJsonFile('config', file('{"token": "hush"}', name))).toEqual({token: 'hush'});
  });

  test('keeps all digits of its numbers: the position in a list may be one', async () => {
    const state = await readJsonFile('state', file('{"search_after": [9007199254740993, "a"]}'));
    expect(printExact(state)).toBe('{"search_after":[9007199254740993,"a"]}');
  });

  test('may begin with a byte order mark', async () => {
    expect(await readJsonFile('config', file('\uFEFF{"name": "Zoë"}'))).toEqual({name: 'Zoë'});
  });

  test.each([
    ['missing', join(folder, 'no', 'such.json'), 'does not exist'],
    ['a directory', folder, 'is a directory'],
  ])('that is %s is an error of the config', async (_what, path, reason) => {
    expect(await failureOf(() => readJsonFile('config', path))).toBe(
      `ConfigError: The config file ${path} ${reason}.`,
    );
  });

  test('that cannot be read for another reason is an error that repeats the reason', async () => {
    const path = join(folder, 'x'.repeat(300));
    expect(await failureOf(() => readJsonFile('config', path))).toMatch(
      /^ConfigError: The config file .*x cannot be read: .*ENAMETOOLONG: name too long, .*\.$/,
    );
  });

  test('that is not JSON is an error with its path and line', async () => {
    const path = file('{\n  "token": "hush"\n  "name": "me"\n}\n', 'broken.json');
    expect(await failureOf(() => readJsonFile('catalog', path))).toBe(
      `ConfigError: The catalog file ${path} is not valid JSON at line 3: expected ',' or '}' after property value. Correct that line.`,
    );
  });
});

describe('a syntax error', () => {
  test.each([
    ['an empty file', '', 'line 1: unexpected end'],
    ['blanks only', ' \n\n', 'line 1: unexpected end'],
    ['an object that ends early', '{"a": 1', "line 1: expected ',' or '}' after property value"],
    ['an object that hardly begins', '{', "line 1: expected property name or '}'"],
    ['a value that is missing at the end', '{\n  "a":\n', 'line 2: unexpected end'],
    ['a text that ends early', '{"a": "hush', 'line 1: unterminated string'],
    ['a word that ends early', '{"a": tru', 'line 1: unexpected end'],
    [
      'a word that ends early, and not the file',
      '[\n  tru\n]',
      'line 2: unexpected character U+000A',
    ],
    ['a comma too many in an object', '{"a": 1,}', 'line 1: expected double-quoted property name'],
    ['a comma too many in a list', '[1, 2,\n]', "line 2: unexpected character ']'"],
    ['a comma too few', '{"a": "b" "c": 1}', "line 1: expected ',' or '}' after property value"],
    ['a colon too few', '{"a" 1}', "line 1: expected ':' after property name"],
    ['a brace too many', '{"a": 1}}', 'line 1: unexpected non-whitespace character after JSON'],
    ['single quotes', "{'a': 1}", "line 1: expected property name or '}'"],
    ['no quotes around a name', '{a: 1}', "line 1: expected property name or '}'"],
    ['no quotes around a value', '{"a": hush}', "line 1: unexpected character 'h'"],
    ['a comment', '{"a": /* b */ 1}', "line 1: unexpected character '/'"],
    ['a word of JavaScript', '{"a": NaN}', "line 1: unexpected character 'N'"],
    ['a leading zero', '{"a": 01}', 'line 1: unexpected number'],
    ['half a number', '{"a": -}', 'line 1: no number after minus sign'],
    ['an odd escape', '{"a": "\\x"}', 'line 1: bad escaped character'],
    [
      'a line break in a string',
      '{"a": "b\nc"}',
      'line 1: bad control character in string literal',
    ],
    ['a space that JSON does not allow', '{"a":\u00a01}', 'line 1: unexpected character U+00A0'],
    ['a control character', '\u0000', 'line 1: unexpected character U+0000'],
    ['a character of two halves', '{"a": 😀}', 'line 1: unexpected character U+D83D'],
    ['YAML', 'token: hush\n', "line 1: unexpected character 'o'"],
    [
      'Windows line ends',
      '{\r\n  "a": 1,\r\n}\r\n',
      'line 3: expected double-quoted property name',
    ],
    ['two objects', '{"a": 1}\n{"b": 2}', 'line 2: unexpected non-whitespace character after JSON'],
  ])('is reported with its line: %s', async (_what, text, expected) => {
    expect(await problemOf(text)).toBe(expected);
  });

  test('is found in a large file', async () => {
    const lines = Array.from({length: 20_000}, (_, id) => `  {"id": ${id}},`);
    const text = `[\n${lines.join('\n')}\n  {"id": hush}\n]\n`;
    expect(await problemOf(text)).toBe("line 20002: unexpected character 'h'");
  });

  test('in a UTF-16 file from Windows is reported, too', async () => {
    const path = file(Buffer.from('\uFEFF{"token": "hush"}', 'utf16le'));
    expect(await failureOf(() => readJsonFile('config', path))).toBe(
      `ConfigError: The config file ${path} is not valid JSON at line 1: unexpected character U+FFFD. Correct that line.`,
    );
  });

  test.each([
    ['{"token": ghp_hushhush}'],
    ['{"token": tok_hushhush}'],
    ['{"token": true_hushhush}'],
    ['{"token": null_hushhush}'],
    ['{"token": -hushhush}'],
    ['{"token": 7hushhush}'],
    ["{'token': 'hushhush'}"],
    ['{"token": "hushhush}'],
    ['{"token": "hush\nhush"}'],
    ['{"token": "hushhush" hushhush}'],
    ['{"token": "\\hushhush"}'],
    ['{"token": "\\uhushhush"}'],
    ['hushhush'],
    ['{hushhush: 1}'],
    ['{"hushhush" 1}'],
    ['{"token": "a"} hushhush'],
    ['{"token": "a", "b": [hushhush, "c"]}'],
  ])('quotes no more than one character of %j', async (text) => {
    const failure = await failureOf(() => readJsonFile('config', file(text)));
    const words = failure.slice(failure.indexOf('is not valid JSON'));
    expect(words).toMatch(/^is not valid JSON at line \d+: /);
    expect(words).not.toMatch(/hu|ush|ghp|tok_|true|null/);
  });
});

describe('a state file', () => {
  const users = {type: 'STREAM', stream: {stream_descriptor: {name: 'users'}}};
  const orders = {type: 'STREAM', stream: {stream_descriptor: {name: 'orders'}}};
  const line = JSON.stringify;

  test.each([
    ['empty', '', undefined],
    ['blank', ' \n\t\n', undefined],
    ['no more than a byte order mark', '\uFEFF', undefined],
    ['null', 'null', null],
    ['an empty list', '[]', []],
    ['a list on one line', line([users, orders]), [users, orders]],
    ['a list over many lines', JSON.stringify([users, orders], null, 2), [users, orders]],
    ['one state', line(users), users],
    ['one state and a line break', `${line(users)}\n`, users],
    ['one state a line', `${line(users)}\n${line(orders)}\n`, [users, orders]],
    [
      'one state a line, with Windows line ends and blank lines',
      `\uFEFF\r\n${line(users)}\r\n\r\n${line(orders)}\r\n`,
      [users, orders],
    ],
    ['lists on lines', `${line([users])}\n${line([orders])}`, [[users], [orders]]],
  ])('may be %s', async (_what, text, expected) => {
    expect(await readStateFile(file(text, 'state.json'))).toEqual(expected);
  });

  test.each([
    ['JSON over many lines', '[\n  {"a": 1},\n]', "line 3: unexpected character ']'"],
    [
      'one state a line, at the line that is wrong',
      `${line(users)}\n\n${line(orders)}\n{"a": hush}\n${line(users)}\n`,
      "line 4: unexpected character 'h'",
    ],
    [
      'one state a line, of which the last was cut',
      `${line(users)}\n{"type": "STR`,
      'line 2: unterminated string',
    ],
  ])('that is broken is an error with its line: %s', async (_what, text, expected) => {
    const path = file(text, 'state.json');
    expect(await failureOf(() => readStateFile(path))).toBe(
      `ConfigError: The state file ${path} is not valid JSON at ${expected}. Correct that line.`,
    );
  });

  test('that is missing is an error', async () => {
    const path = join(folder, 'none.json');
    expect(await failureOf(() => readStateFile(path))).toBe(
      `ConfigError: The state file ${path} does not exist.`,
    );
  });
});
