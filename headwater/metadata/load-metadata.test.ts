import {cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeEach, expect, test} from '@jest/globals';
import {loadMetadata} from './load-metadata.ts';

const ROOT = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'headwater-metadata-'));
afterAll(() => rmSync(folder, {recursive: true}));

const OWN = 'sources/faker/metadata.yaml';
const original = readFileSync(join(ROOT, OWN), 'utf8');

beforeEach(() => {
  rmSync(join(folder, 'sources'), {recursive: true, force: true});
  mkdirSync(join(folder, 'sources/faker'), {recursive: true});
  for (const path of ['package.json', 'metadata.yaml', 'sources/faker/schemas', OWN]) {
    cpSync(join(ROOT, path), join(folder, path), {recursive: true});
  }
});

const change = (from: string, to: string): void =>
  writeFileSync(join(folder, OWN), original.replace(from, to));

test('the metadata of a source is the shared one and its own', async () => {
  const {data} = await loadMetadata(folder, 'faker');
  expect(data).toMatchObject({name: 'Faker', license: 'MIT'});
});

test.each([
  [
    'a name of another source',
    'name: Faker',
    'name: Fakir',
    'data.name is Fakir; it must be faker, as people write it.',
  ],
  [
    'an image of another name',
    '/source-faker',
    '/source-x',
    'data.dockerRepository is headwater/source-x; it must be …/source-faker.',
  ],
  [
    'an unknown stream',
    '- users',
    '- user',
    'data.suggestedStreams.streams.0 is "user", but there is no sources/faker/schemas/user.json: correct the name or remove it.',
  ],
  [
    'an unknown field',
    '  name:',
    '  nam: x\n  name:',
    'data.nam is not a field that Airbyte knows for a source: correct its spelling or remove it.',
  ],
  [
    'a missing field',
    '  githubIssueLabel: source-faker\n',
    '',
    'data.githubIssueLabel is missing: add it here, or to metadata.yaml if it is the same for all connectors.',
  ],
])('%s is an error that names the file', async (_, from, to, message) => {
  change(from, to);
  await expect(loadMetadata(folder, 'faker')).rejects.toThrow(`${OWN}: ${message}`);
});

test('two sources with one id are an error', async () => {
  cpSync(join(folder, 'sources/faker'), join(folder, 'sources/twin'), {recursive: true});
  await expect(loadMetadata(folder, 'faker')).rejects.toThrow(
    `${OWN}: data.definitionId is also that of twin: make a new one with \`uuidgen\`.`,
  );
});

test('a file that is missing, and one that is not YAML, are errors', async () => {
  writeFileSync(join(folder, OWN), 'data: [');
  await expect(loadMetadata(folder, 'faker')).rejects.toThrow(`${OWN} is not valid YAML: `);
  rmSync(join(folder, OWN));
  await expect(loadMetadata(folder, 'faker')).rejects.toThrow(`${OWN} does not exist: create it.`);
});
