// Programs by other authors, which a script installs for some of the tests.
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe} from '@jest/globals';
import {printLine} from '../print-line.ts';

const listIn = (folder: string): Readonly<Record<string, unknown>> => {
  try {
    return JSON.parse(readFileSync(join(folder, 'installed.json'), 'utf8'));
  } catch {
    return {};
  }
};

/** `describe` if a folder's installed.json has all of these; otherwise the tests are skipped, and one line says why. */
export const describeInstalled = (
  folder: string,
  names: readonly string[],
): typeof describe | typeof describe.skip => {
  const list = listIn(folder);
  const missing = names.find((name) => list[name] !== true);
  if (missing === undefined) return describe;
  printLine(`${missing} tests skipped: ${list[missing] ?? 'it is not installed'}.`);
  return describe.skip;
};
