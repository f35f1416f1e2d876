// The messages in docs/troubleshooting.md are those of the code, so that a search for a message finds the page.
import {globSync} from 'node:fs';
import {expect, test} from '@jest/globals';
import {ROOT, textOf} from './examples.ts';

/** Joins literals that are concatenated. */
const code = globSync('{cdk,sync,process,headwater,acceptance-tests}/**/*.ts', {cwd: ROOT})
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

test('the page has enough messages to be useful', () => {
  expect(messages.length).toBeGreaterThan(40);
});

test.each(messages)('%s is in the code', (message) => {
  const fragments = message.split('…').map((fragment) => fragment.replace(/^[\s,.:]+/, ''));
  expect(fragments.filter((fragment) => !code.includes(fragment))).toEqual([]);
});
