import {expect, test} from '@jest/globals';
import type {Result} from '../check-kit/check.ts';
import {jsonReport, junitReport} from './files.ts';
import {lineOf, paintOf, summary} from './text.ts';

const NASTY = 'a <b> & "c"\u0007\u001b[31m';

const failed: Result = {
  suite: 'spec',
  name: 'test_x',
  about: 'x holds',
  took: 1500,
  outcome: {
    status: 'failed',
    faults: [
      {reason: 'x does not hold', offending: NASTY, advice: 'Do y.'},
      {reason: 'neither does z', advice: 'Do it.'},
    ],
  },
};
const passed: Result = {
  ...{suite: 'discovery', name: 'test_y', about: 'y holds', took: 3},
  outcome: {status: 'passed', note: '3 of them'},
};
const skipped: Result = {
  ...{suite: 'discovery', name: 'test_z', about: 'z holds', took: 0},
  outcome: {status: 'skipped', reason: 'no z'},
};
const results = [passed, failed, skipped];

const plain = paintOf(false);

test('a check has one line, without control characters that a connector printed', () => {
  expect(results.map((result) => lineOf(result, plain).replaceAll(/ {2,}/g, '  ').trim())).toEqual([
    '✓ test_y  3 of them',
    '✗ test_x  x does not hold: a <b> & "c" (and 1 more)  1.5 s',
    '- test_z  skipped: no z',
  ]);
});

test('the line of a check has a colon instead of the period before the offending string', () => {
  const faults = [{reason: 'A record is empty.', offending: '{}', advice: 'Leave it out.'}];
  const line = lineOf({...failed, took: 0, outcome: {status: 'failed', faults}}, plain);
  expect(line.replaceAll(/ {2,}/g, '  ').trim()).toBe('✗ test_x  A record is empty: {}');
});

test('the summary begins with the failures, each with advice', () => {
  const lines = summary('source-x', results, 65_000, plain).slice(3);
  expect(lines).toEqual([
    '✗ spec.test_x',
    '    x does not hold',
    expect.stringMatching(/^ {6}a <b> & "c" ?$/),
    '    → Do y.',
    '    neither does z',
    '    → Do it.',
    '',
    'source-x fails. 3 checks: 1 failed, 1 passed, 1 skipped in 1 min 05 s.',
  ]);
});

test('lines have colours on request', () => {
  expect(lineOf(passed, paintOf(true))).toContain('\u001b[32m✓\u001b[0m');
});

const report = {
  ...{connector: 'source-x', config: 'c.yml', startedAt: '2026-01-01T00:00:00.000Z', took: 1503},
  results,
};

test('the JSON report has each check with its outcome', () => {
  expect(JSON.parse(jsonReport(report))).toEqual({
    ...{connector: 'source-x', config: 'c.yml', startedAt: '2026-01-01T00:00:00.000Z', took: 1503},
    counts: {passed: 1, failed: 1, warned: 0, skipped: 1},
    checks: [
      {
        ...{suite: 'discovery', name: 'test_y', about: 'y holds', took: 3},
        status: 'passed',
        note: '3 of them',
      },
      {
        ...{suite: 'spec', name: 'test_x', about: 'x holds', took: 1500},
        status: 'failed',
        faults: failed.outcome.status === 'failed' ? failed.outcome.faults : [],
      },
      {
        ...{suite: 'discovery', name: 'test_z', about: 'z holds', took: 0},
        status: 'skipped',
        reason: 'no z',
      },
    ],
  });
});

test('the JUnit report is valid XML, whatever a connector printed', () => {
  expect(junitReport(report)).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="source-x" tests="3" failures="1" time="1.503">
  <testsuite name="discovery" tests="2" failures="0" errors="0" skipped="1" time="0.003">
    <testcase classname="discovery" name="test_y" time="0.003"></testcase>
    <testcase classname="discovery" name="test_z" time="0.000"><skipped message="no z"/></testcase>
  </testsuite>
  <testsuite name="spec" tests="1" failures="1" errors="0" skipped="0" time="1.500">
    <testcase classname="spec" name="test_x" time="1.500"><failure message="x does not hold">x does not hold
a &lt;b&gt; &amp; &quot;c&quot;\uFFFD\uFFFD[31m
-&gt; Do y.

neither does z
-&gt; Do it.</failure></testcase>
  </testsuite>
</testsuites>
`);
});
