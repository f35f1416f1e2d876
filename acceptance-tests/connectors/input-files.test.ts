import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from '@jest/globals';
import {readJson} from '../config/read-file.ts';
import {writeInputs} from './input-files.ts';

test('a config reaches the connector with all digits of its numbers', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'headwater-test-'));
  const text = '{"account":{"id":12345678901234567890},"share":0.12345678901234567}';
  await writeFile(join(folder, 'config.json'), text);
  const config = await readJson(join(folder, 'config.json'));
  const inputs = await writeInputs({config}, {});
  expect(await readFile(join(inputs.folder, 'tap_config.json'), 'utf8')).toBe(text);
  await Promise.all([inputs.remove(), rm(folder, {recursive: true})]);
});
