import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from '@jest/globals';
import {workspace} from '../../test/e2e/run-program.ts';
import {readPrevious} from './previous.ts';

const {folder} = workspace();
const path = join(folder, 'saved.json');

const read = (kind: 'spec' | 'catalog', text: string) => {
  writeFileSync(path, text);
  return readPrevious(kind, path);
};

const spec = {connectionSpecification: {type: 'object'}};
const catalog = {streams: [{name: 'users'}]};
const log = {type: 'LOG', log: {level: 'INFO', message: 'Reading.'}};
const lines = (...messages: readonly unknown[]): string =>
  messages.map((message) => `${JSON.stringify(message)}\n`).join('');

describe('the saved message is found', () => {
  test.each([
    ['as the payload of a SPEC', 'spec', JSON.stringify(spec, null, 2), spec],
    ['as a SPEC over many lines', 'spec', JSON.stringify({type: 'SPEC', spec}, null, 2), spec],
    ['as one output line', 'spec', lines({type: 'SPEC', spec}), spec],
    ['as the payload of a CATALOG', 'catalog', JSON.stringify(catalog), catalog],
    [
      'among output lines, some of which are not messages',
      'catalog',
      `Warning!\n${lines(log, 7, {type: 'CATALOG', catalog}, log)}`,
      catalog,
    ],
  ] as const)('%s', async (_form, kind, text, payload) => {
    expect(await read(kind, text)).toEqual(payload);
  });
});

describe('a file without the message is rejected, with the option that names it:', () => {
  test.each([
    ['an empty one', ''],
    ['JSON of something else', '{"a": 1}'],
    ['output lines without one', lines(log)],
    ['the output of another command', lines({type: 'CATALOG', catalog})],
    ['a message without payload', lines({type: 'SPEC'})],
    ['a list', JSON.stringify([{type: 'SPEC', spec}])],
  ])('%s', async (_what, text) => {
    await expect(read('spec', text)).rejects.toThrow(
      `--previous-spec ${path} has no SPEC with connectionSpecification: save what \`spec\` of the previous version prints.`,
    );
  });
});
