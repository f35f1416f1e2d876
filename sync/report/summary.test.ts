import {expect, test} from '@jest/globals';
import type {StreamReport} from './stream-tally.ts';
import {nextSteps, summarize} from './summary.ts';
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

test('a run is summarized stream by stream', () => {
  expect(summarize([FAKER], 3_000)).toEqual([
    '',
    'faker: complete',
    '  users     complete  12,000 rows  8.3 MB  2.3 s  out/users.jsonl',
    '  products  complete       0 rows          40 ms  nothing new',
    '  The state is in out/faker.state.json: the next run continues from it.',
    '',
    '12,000 rows, 8.3 MB in 3.0 s.',
  ]);
});

test('failures come last, with advice', () => {
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
    '  It printed 2 lines that are not Airbyte messages; ignored.',
    '  The state is in out/github.state.json: the next run continues from it.',
    '',
    'x: skipped',
    '  None of its streams was selected.',
    '  It printed 1 line that is not an Airbyte message; ignored.',
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
    '  Correct that, then run the same command again: it continues from the saved state.',
    '  Run the same command again: it continues from the saved state. With --debug it shows everything that the source logs.',
    '  Run the same command again later: it continues from the saved state.',
  ]);
});

test('next steps begin with the file that was just written', () => {
  expect([nextSteps([FAKER])[2], nextSteps([])[2]]).toEqual([
    expect.stringContaining('head -3 out/users.jsonl'),
    expect.stringContaining('npm start'),
  ]);
});
