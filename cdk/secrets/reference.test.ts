import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from '@jest/globals';
import {ROOT} from '../../test/e2e/run-program.ts';
import {parseReference, shapeMissed} from './reference.ts';

const ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-Ab1C2d';

test.each([
  ['env:TOKEN', 'env', 'TOKEN', undefined],
  ['env:_T0K3N_2', 'env', '_T0K3N_2', undefined],
  ['file:/run/secrets/token', 'file', '/run/secrets/token', undefined],
  ['file:/run/secrets/with space#1', 'file', '/run/secrets/with space#1', undefined],
  ['aws-sm:prod/github', 'aws-sm', 'prod/github', undefined],
  ['aws-sm:rds!db-1#password', 'aws-sm', 'rds!db-1', 'password'],
  [`aws-sm:${ARN}`, 'aws-sm', ARN, undefined],
  [`aws-sm:${ARN}#db.password`, 'aws-sm', ARN, 'db.password'],
  [
    'aws-sm:arn:aws-us-gov:secretsmanager:us-gov-west-1:1:secret:x',
    'aws-sm',
    'arn:aws-us-gov:secretsmanager:us-gov-west-1:1:secret:x',
    undefined,
  ],
  ['gcp-sm:projects/p-1/secrets/token', 'gcp-sm', 'projects/p-1/secrets/token', undefined],
  [
    'gcp-sm:projects/1/secrets/s/versions/7#a b',
    'gcp-sm',
    'projects/1/secrets/s/versions/7',
    'a b',
  ],
  ['vault:secret/team/app#token', 'vault', 'secret/team/app', 'token'],
])('%s is a reference', (text, kind, target, key) => {
  expect(parseReference(text)).toEqual({text, kind, target, key});
});

const ALMOST = [
  'env:',
  'env:token',
  'env:1A',
  'env:A B',
  'env:TOKEN ',
  'file:relative',
  'file:/',
  'aws-sm:',
  'aws-sm:a b',
  'aws-sm:name#',
  'aws-sm:arn:aws:s3:::bucket',
  'gcp-sm:secrets/x',
  'gcp-sm:projects/p/secrets/s/versions/',
  'vault:secret/app',
  'vault:app#key',
  'vault:secret/../sys#key',
  'vault:../sys#key',
];

test.each([
  ...ALMOST,
  ' env:TOKEN',
  'environment:TOKEN',
  'ENV:TOKEN',
  'file:///etc/passwd',
  'https://example.com/env:TOKEN',
  'ghp_env:TOKEN',
  '',
  7,
  null,
  undefined,
])('%j is an ordinary value', (value) => {
  expect(parseReference(value)).toBe(undefined);
});

test('ordinary values that begin like a reference are recognized', () => {
  const others = ['file:///etc/passwd', 'environment:X', 'env:TOKEN', 'x', 7];
  expect(ALMOST.map(shapeMissed).filter((shape) => shape === undefined)).toEqual([]);
  expect(others.map(shapeMissed)).toEqual(others.map(() => undefined));
  expect(shapeMissed('env:token')).toBe('env:NAME, in capitals');
});

test('the references in docs/secrets.md are valid', () => {
  const page = readFileSync(join(ROOT, 'docs/secrets.md'), 'utf8');
  const shown = [...page.matchAll(/[`"]((?:env|file|aws-sm|gcp-sm|vault):[^`"]+)[`"]/g)]
    .map(([, text = '']) => text)
    .filter((text) => text !== 'env:my_token');
  expect(shown.length).toBeGreaterThan(10);
  expect(shown.filter((text) => parseReference(text) === undefined)).toEqual([]);
});
