import {expect, test} from '@jest/globals';
import type {StreamReport} from './stream-tally.ts';
import {summarize, whatNext} from './summary.ts';
import type {SourceReport} from './tally.ts';

const stream = (name: string, more: Partial<StreamReport> = {}): StreamReport => ({
  name,
  status: 'complete',
  rows: 0,
  bytes: 0,
  elapsed: 40,
  file: undefined,
  waitsUntil: undefined,
  ...more,
});

const source = (name: string, more: Partial<SourceReport> = {}): SourceReport => ({
  name,
  outcome: 'complete',
  streams: [],
  problems: [],
  strayLines: 0,
  stateFile: undefined,
  ...more,
});

const FAKER = source('faker', {
  stateFile: 'out/faker.state.json',
  streams: [
    stream('users', {rows: 12_000, bytes: 8_300_000, elapsed: 2_300, file: 'out/users.jsonl'}),
    stream('products'),
  ],
});

test('a run is summed up stream by stream', () => {
  expect(summarize([FAKER], 3_000)).toEqual([
    '',
    'faker: complete',
    '  users     complete  12,000 rows  8.3 MB  2.3 s  out/users.jsonl',
    '  products  complete       0 rows          40 ms  nothing new',
    '  State in out/faker.state.json: the next run goes on from there.',
    '',
    '12,000 rows, 8.3 MB in 3.0 s.',
  ]);
});

test('what failed comes last, with what to do about it', () => {
  const github = source('github', {
    outcome: 'failed',
    strayLines: 2,
    stateFile: 'out/github.state.json',
    streams: [
      stream('issues', {status: 'incomplete', rows: 1, bytes: 900, file: 'out/issues.jsonl'}),
      stream('commits', {status: 'not read', elapsed: 0}),
    ],
    problems: [
      {stream: 'issues', message: 'The token is wrong.', failureType: 'config_error'},
      {message: 'Its read ended with exit code 1.\nTraceback\n'},
      {message: 'No answer.', failureType: 'transient_error'},
    ],
  });
  const skipped = source('x', {outcome: 'skipped', strayLines: 1});
  expect(summarize([FAKER, github, skipped], 3_000).slice(6)).toEqual([
    'github: failed',
    '  issues   incomplete  1 row  900 B  40 ms  out/issues.jsonl',
    '  commits  not read',
    '  It printed 2 lines that are no Airbyte messages; passed over.',
    '  State in out/github.state.json: the next run goes on from there.',
    '',
    'x: skipped',
    '  None of its streams was asked for.',
    '  It printed 1 line that is no Airbyte message; passed over.',
    '',
    '3 sources (1 complete, 1 skipped, 1 failed): 12,001 rows, 8.3 MB in 3.0 s.',
    '',
    'What failed',
    '  github, issues:',
    '    The token is wrong.',
    '  github:',
    '    Its read ended with exit code 1.',
    '    Traceback',
    '  github:',
    '    No answer.',
    '  Correct that, then run the same command again: it goes on from the state that was saved.',
    '  Run the same command again: it goes on from the state that was saved. With --debug it shows all that the source logs.',
    '  Run the same command again later: it goes on from the state that was saved.',
  ]);
});

test('what to do next begins with the file that was just written', () => {
  expect([whatNext([FAKER])[2], whatNext([])[2]]).toEqual([
    expect.stringContaining('head -3 out/users.jsonl'),
    expect.stringContaining('npm start'),
  ]);
});
