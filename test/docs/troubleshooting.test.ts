// The messages of docs/troubleshooting.md are messages of the code, so that a search for one finds it.
import {globSync} from 'node:fs';
import {expect, test} from '@jest/globals';
import {ROOT, textOf} from './examples.ts';

/** Literals that are written one after another are one text. */
const code = globSync('{cdk,sync}/**/*.ts', {cwd: ROOT})
  .filter((path) => !path.endsWith('.test.ts'))
  .map((path) =>
    textOf(path)
      .replaceAll('\\`', '`')
      .replaceAll(/['`] \+\n\s*['`]/g, ''),
  )
  .join('\n');

const messages = [...textOf('docs/troubleshooting.md').matchAll(/^### (.+)$/gm)].map(
  ([, message = '']) => message,
);

test('there are enough messages to be of use', () => {
  expect(messages.length).toBeGreaterThan(40);
});

test.each(messages)('%s is in the code', (message) => {
  const fragments = message.split('…').map((fragment) => fragment.replace(/^[\s,.:]+/, ''));
  expect(fragments.filter((fragment) => !code.includes(fragment))).toEqual([]);
});
