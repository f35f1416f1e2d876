// docs/acceptance-tests.md lists every check, option and suite.
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from '@jest/globals';
import {settingsOf} from '../../acceptance-tests/config/load.ts';
import {parseYaml} from '../../acceptance-tests/config/read-file.ts';
import {ALL_CHECKS} from '../../acceptance-tests/run/all-checks.ts';
import {ROOT, runProgram} from '../e2e/run-program.ts';

const page = readFileSync(join(ROOT, 'docs/acceptance-tests.md'), 'utf8');

const blocks = (language: string): readonly string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    ([, block = '']) => block,
  );

test('its table lists every check except the invariants, with its description', () => {
  const rows = [...page.matchAll(/^\| `(\w+)` +\| `(test_\w+)` +\| (.+?) +\|$/gm)];
  const expected = ALL_CHECKS.filter(({suite}) => suite !== 'invariants').map(
    ({suite, name, about}) => [suite, name, about.replaceAll('|', '\\|').replace(/\.$/, '')],
  );
  expect(rows.map(([, ...cells]) => cells)).toEqual(expected);
});

test('its config is valid at strictness high', async () => {
  const [text = ''] = blocks('yaml');
  const {strictness, suites} = await settingsOf(parseYaml(text, 'docs'), 'docs');
  expect([strictness, Object.keys(suites ?? {}).length]).toEqual(['high', 8]);
});

test('it names every option of `headwater test`', async () => {
  const {stdout} = await runProgram(join(ROOT, 'headwater/main.ts'), ['test', '--help']);
  const options = [...stdout.matchAll(/^ {2}(--[a-z-]+ <[^>]+>)/gm)].map(([, option]) => option);
  expect(options.length).toBeGreaterThan(5);
  expect(options.filter((option) => !page.includes(`| \`${option}\``))).toEqual([]);
});
