import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {afterAll, expect, test} from '@jest/globals';
import {licensesOf, packagesIn, sbomOf} from './licenses.ts';

const root = mkdtempSync(join(tmpdir(), 'headwater-licenses-'));
afterAll(() => rmSync(root, {recursive: true}));

const write = (path: string, content: string): void => {
  mkdirSync(dirname(join(root, path)), {recursive: true});
  writeFileSync(join(root, path), content);
};

write('node_modules/plain/package.json', '{"name": "plain", "version": "1.0.0", "license": "MIT"}');
write('node_modules/plain/LICENSE.md', 'Do as you like.\n');
write('node_modules/@a/b/package.json', '{"name": "@a/b", "version": "2.0.0"}');
const NESTED = 'node_modules/plain/node_modules/inner';
write(`${NESTED}/package.json`, '{"name": "inner", "version": "3.0.0", "license": "ISC"}');

const input = {bytes: 1, imports: []};
const metafile = {
  inputs: {
    'sources/crm/index.ts': input,
    'node_modules/plain/index.js': input,
    'node_modules/plain/lib/more.js': input,
    'node_modules/@a/b/index.js': input,
    [`${NESTED}/index.js`]: input,
  },
  outputs: {},
};

test('the packages in a bundle are listed once each, with their licenses', async () => {
  const packages = await packagesIn(root, metafile);
  expect(packages).toEqual([
    {name: '@a/b', version: '2.0.0', license: 'UNKNOWN', text: ''},
    {name: 'inner', version: '3.0.0', license: 'ISC', text: ''},
    {name: 'plain', version: '1.0.0', license: 'MIT', text: 'Do as you like.'},
  ]);
  expect(licensesOf(packages)).toContain('plain 1.0.0, MIT\n\nDo as you like.\n');
});

test('the SBOM names each package by its purl', async () => {
  const sbom = JSON.parse(
    sbomOf({name: 'source-crm', version: '0.1.0'}, await packagesIn(root, metafile)),
  );
  expect(sbom.metadata.component).toEqual({
    ...{type: 'application', name: 'source-crm', version: '0.1.0'},
  });
  expect(sbom.components.map(({purl}: {readonly purl: string}) => purl)).toEqual([
    'pkg:npm/%40a/b@2.0.0',
    'pkg:npm/inner@3.0.0',
    'pkg:npm/plain@1.0.0',
  ]);
});
