import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from '@jest/globals';
import {workspace} from '../../test/e2e/run-program.ts';
import {readAnswer} from './previous.ts';

const {folder} = workspace();
const path = join(folder, 'saved.json');

const read = (kind: 'spec' | 'catalog', text: string) => {
  writeFileSync(path, text);
  return readAnswer(kind, path);
};

const spec = {connectionSpecification: {type: 'object'}};
const catalog = {streams: [{name: 'users'}]};
const log = {type: 'LOG', log: {level: 'INFO', message: 'Reading.'}};
const lines = (...messages: readonly unknown[]): string =>
  messages.map((message) => `${JSON.stringify(message)}\n`).join('');

describe('the answer is found', () => {
  test.each([
    ['as the payload of a SPEC', 'spec', JSON.stringify(spec, null, 2), spec],
    ['as a SPEC over many lines', 'spec', JSON.stringify({type: 'SPEC', spec}, null, 2), spec],
    ['as one output line', 'spec', lines({type: 'SPEC', spec}), spec],
    ['as the payload of a CATALOG', 'catalog', JSON.stringify(catalog), catalog],
    [
      'among output lines, some of which are no messages',
      'catalog',
      `Warning!\n${lines(log, 7, {type: 'CATALOG', catalog}, log)}`,
      catalog,
    ],
  ] as const)('%s', async (_form, kind, text, answer) => {
    expect(await read(kind, text)).toEqual(answer);
  });
});

describe('a file without the answer is told, with the option that names it:', () => {
  test.each([
    ['an empty one', ''],
    ['JSON of something else', '{"a": 1}'],
    ['output lines without one', lines(log)],
    ['the answer to another command', lines({type: 'CATALOG', catalog})],
    ['a message without payload', lines({type: 'SPEC'})],
    ['a list', JSON.stringify([{type: 'SPEC', spec}])],
  ])('%s', async (_what, text) => {
    await expect(read('spec', text)).rejects.toThrow(
      `--previous-spec ${path}: there is no SPEC with connectionSpecification in it: save what \`spec\` of the version before prints.`,
    );
  });
});
