import {expect, test} from '@jest/globals';
import {SOURCE_SCOPE} from '../request-scope.ts';
import type {HttpRequest} from '../types.ts';
import {describeDecision} from './describe-decision.ts';
import {type Step, takeStep} from './paginator.ts';

const get: HttpRequest = {
  method: 'GET',
  url: new URL('https://api.test/items?limit=2'),
  scope: SOURCE_SCOPE,
  headers: {},
};
const post: HttpRequest = {...get, method: 'POST', json: {limit: 2}};

const describe = (request: HttpRequest, step: Step | undefined): string =>
  describeDecision(
    {request, index: 1, records: [{}, {}]},
    step === undefined ? undefined : takeStep(request, step),
  ).replace(/^.*page 2 has 2 records; /, '');

test.each<[string, HttpRequest, Step | undefined, string]>([
  ['the list ends', get, undefined, 'there is no next page.'],
  ['a parameter changes', get, {query: {cursor: 'x'}}, 'next page: cursor=x.'],
  ['one is removed', get, {query: {limit: undefined}}, 'next page: without limit.'],
  ['a field of the body changes', post, {json: {after: 7}}, 'next page: after=7.'],
  [
    'its parameter may be a secret',
    get,
    {query: {access_token: 'x'}},
    'next page: access_token=****.',
  ],
  ['its token is one of pages', get, {query: {page_token: 'x'}}, 'next page: page_token=x.'],
  [
    'it has another path',
    get,
    {url: new URL('https://api.test/items/2?limit=2')},
    'next page: GET https://api.test/items/2?limit=2.',
  ],
  ['nothing changes', get, {}, 'next page: GET https://api.test/items?limit=2.'],
])('the decision about the next page is described: %s', (_what, request, step, words) => {
  expect(describe(request, step)).toBe(words);
});

test('the decision names the request, and counts one record', () => {
  expect(describeDecision({request: get, index: 0, records: [{}]}, undefined)).toBe(
    'GET https://api.test/items: page 1 has 1 record; there is no next page.',
  );
});
