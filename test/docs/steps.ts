// A page of the docs as steps to follow: the files that it names, and the blocks of commands.
import {mkdirSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {textOf} from './examples.ts';

export type Step = {
  /** The file to write; empty for commands. */
  readonly path: string;
  /** The language of the block, and what kind it is: `sh`, `sh create`. */
  readonly language: string;
  readonly content: string;
};

export const stepsOf = (page: string): readonly Step[] =>
  [...textOf(page).matchAll(/^(?:`(\S+\/\S+)`\n\n)?```([^\n]+)\n(.*?)^```$/gms)].map(
    ([, path = '', language = '', content = '']) => ({path, language, content}),
  );

export const writeStep = (folder: string, {path, content}: Step): void => {
  mkdirSync(join(folder, dirname(path)), {recursive: true});
  writeFileSync(join(folder, path), content);
};
