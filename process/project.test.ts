import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, expect, test} from '@jest/globals';
import {loadFor} from './optional-package.ts';
import {assertSource, KIT, manifestOf, projectAbove, projectHere, sourcesOf} from './project.ts';

const folder = mkdtempSync(join(tmpdir(), 'headwater-project-'));
afterAll(() => rmSync(folder, {recursive: true}));

const root = join(folder, 'connectors');
for (const name of ['shop', 'crm/schemas'])
  mkdirSync(join(root, 'sources', name), {recursive: true});
writeFileSync(join(root, 'sources/README.md'), '');
writeFileSync(join(root, 'package.json'), '{"name": "@acme/connectors", "version": "1.2.3"}');

test('a repository is found from every folder in it', () => {
  expect(projectAbove(join(root, 'sources/crm/schemas'))).toBe(root);
  expect(projectAbove(root)).toBe(root);
  expect(projectAbove(folder)).toBeUndefined();
  expect(projectHere()).toBe(KIT);
});

test('the sources of a repository are its folders in sources/', async () => {
  expect(await sourcesOf(root)).toEqual(['crm', 'shop']);
  expect(await sourcesOf(folder)).toEqual([]);
});

test('an unknown source is answered with those that there are', async () => {
  await assertSource(root, 'crm');
  await expect(assertSource(root, 'crn')).rejects.toThrow(
    'There is no source "crn"; there are: crm, shop.',
  );
  await expect(assertSource(root, undefined)).rejects.toThrow(
    'Name a source; there are: crm, shop.',
  );
});

test('a manifest has a name and a version, also if package.json has none', async () => {
  expect(await manifestOf(root)).toEqual({
    ...{name: '@acme/connectors', version: '1.2.3', homepage: undefined},
  });
  writeFileSync(join(folder, 'package.json'), '{}');
  expect(await manifestOf(folder)).toEqual({
    ...{name: 'connectors', version: '0.0.0', homepage: undefined},
  });
  writeFileSync(join(folder, 'package.json'), '{');
  await expect(manifestOf(folder)).rejects.toThrow(/package\.json cannot be read as JSON: /);
});

const missing = (name: string) => async () => {
  throw Object.assign(new Error(`Cannot find package '${name}' imported from x.js`), {
    code: 'ERR_MODULE_NOT_FOUND',
  });
};

test('a missing optional package is answered with the line that installs it', async () => {
  expect(await loadFor('bundle', async () => 'loaded')).toBe('loaded');
  await expect(loadFor('bundle', missing('esbuild'))).rejects.toThrow(
    /^`headwater bundle` needs one more package: npm install --save-dev esbuild@\d+\.\d+\.\d+$/,
  );
  await expect(loadFor('bundle', missing('other'))).rejects.toThrow("Cannot find package 'other'");
});
