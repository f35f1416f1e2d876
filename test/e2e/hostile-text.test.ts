// Text of servers and sources never reaches a terminal raw.
import {execFile} from 'node:child_process';
import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {expect, jest, test} from '@jest/globals';
import {fakeSource, writeProgram} from '../../sync/testing/fake-source.ts';
import {HEADWATER, headwater, newFolder} from '../../sync/testing/run.ts';

jest.setTimeout(60_000);

const EVIL = 'a\u001b[2J\u001b]0;t\u0007b\rc\u202ed\u009b31me\u2066f\u0085g\u2028h';
const RAW = /[^\P{Cc}\n]|\p{Bidi_Control}|\p{Zl}/u;

test('sync prints names, logs, errors and stderr of a source harmlessly', async () => {
  const name = JSON.stringify(EVIL);
  const source = fakeSource(newFolder(), `s${EVIL.replaceAll('/', '')}`, {
    streams: [{name: EVIL}],
    read: `
      log('WARN', ${name}); console.error(${name}); print(${name});
      status(${name}, 'STARTED'); record(${name}, {id: 1});
      fail(${name}, {stream_descriptor: {name: ${name}}});
      process.exit(1);`,
  });
  const directory = newFolder();
  const {status, stdout, stderr} = await headwater([
    'sync',
    source,
    '--to',
    `jsonl:${directory}`,
    '--debug',
  ]);
  expect([status, stdout.match(RAW), stderr.match(RAW)]).toEqual([1, null, null]);
  expect([stdout, stderr].every((text) => text.includes('b c�de�f g�h'))).toBe(true);
  expect(
    readdirSync(directory).filter((file) => RAW.test(file) && file.endsWith('.jsonl')),
  ).toEqual([]);
});

test('usage errors print what was typed harmlessly', async () => {
  const runs = await Promise.all([
    headwater(['sync', EVIL]),
    headwater([`--${EVIL}`]),
    headwater(['test', 'nowhere.yml', '--only', EVIL]),
  ]);
  expect(runs.map(({status, stderr}) => [status, stderr.match(RAW)])).toEqual([
    [2, null],
    [2, null],
    [2, null],
  ]);
});

test('lint prints findings harmlessly, and passes on every byte', async () => {
  const lines = [
    `{"type":"RECORD","record":{"stream":"${EVIL.replaceAll(/\p{Cc}/gu, '')}","data":{}}}`,
    EVIL,
    JSON.stringify({type: 'LOG', log: {level: EVIL, message: EVIL}}),
  ];
  const output = await new Promise<string>((resolve) => {
    const child = execFile(HEADWATER, ['lint'], (_, stdout, stderr) => resolve(stdout + stderr));
    child.stdin?.end(`${lines.join('\n')}\n`);
  });
  expect([output.includes('Error'), output.match(RAW)]).toEqual([true, null]);
});

test('test prints names and messages of a connector harmlessly', async () => {
  const folder = newFolder();
  const connector = fakeSource(folder, 'connector', {
    streams: [{name: EVIL}],
    discover: `fail(${JSON.stringify(EVIL)}); print(${JSON.stringify(EVIL)});`,
  });
  const config = writeProgram(
    join(folder, 'acceptance-test-config.yml'),
    'connector_image: source-x:dev\nacceptance_tests:\n  spec:\n    tests:\n      - config_path: config.json\n  discovery:\n    tests:\n      - config_path: config.json\n',
  );
  writeProgram(join(folder, 'config.json'), '{}');
  const {stdout, stderr} = await headwater([
    ...['test', config, '--exec', connector, '--only', 'discovery'],
  ]);
  expect([stdout.includes('discovery'), stdout.match(RAW), stderr.match(RAW)]).toEqual([
    true,
    null,
    null,
  ]);
});
