import {describe, expect, test} from '@jest/globals';
import {refusalText} from './refusal-text.ts';

const refusalIn = (body: string, contentType = 'application/json'): string | undefined =>
  refusalText({
    status: 400,
    headers: {'content-type': contentType},
    body: Buffer.from(body),
    url: new URL('https://api.test/items'),
  });

describe('the message of a refusal', () => {
  test.each([
    ['a message', {message: 'Bad credentials', status: '401'}, 'Bad credentials'],
    ['an error that is a string', {ok: false, error: 'invalid_auth'}, 'invalid_auth'],
    ['a code', {code: 'E42'}, 'E42'],
    [
      // https://www.rfc-editor.org/rfc/rfc6749#section-5.2
      "OAuth's description rather than its code",
      {error: 'invalid_scope', error_description: 'Scope "read" is missing.'},
      'Scope "read" is missing',
    ],
    [
      // https://docs.stripe.com/api/errors
      "Stripe's error",
      {error: {type: 'invalid_request_error', code: 'x', message: 'No such plan.', param: 'plan'}},
      'No such plan',
    ],
    [
      // https://cloud.google.com/apis/design/errors#http_mapping
      "Google's error, which has it twice",
      {error: {code: 403, message: 'Not allowed.', errors: [{message: 'Not allowed.'}]}},
      'Not allowed',
    ],
    [
      // https://docs.oasis-open.org/odata/odata/v3.0
      "OData's message with its language",
      {error: {code: '', message: {lang: 'en-US', value: 'Unknown property.'}}},
      'Unknown property',
    ],
    [
      // https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#validation-failed
      "GitHub's message and which field it is about",
      {
        message: 'Validation Failed',
        errors: [{resource: 'Issue', field: 'title', code: 'missing_field'}],
      },
      'Validation Failed; title: missing_field',
    ],
    [
      // https://graphql.org/learn/serving-over-http/#response-body
      'the first three of many errors',
      {errors: ['One.', 'Two.', 'Three.', 'Four.'].map((message) => ({message}))},
      'One; Two; Three',
    ],
    ['errors that are one string', {errors: '[API] Invalid API key'}, '[API] Invalid API key'],
    [
      // https://guides.rubyonrails.org/active_model_basics.html#errors
      'errors by field, as Rails lists them',
      {errors: {title: ["can't be blank", 'is too short'], body: 'is missing'}},
      "title: can't be blank; title: is too short; body: is missing",
    ],
    [
      // https://developer.atlassian.com/cloud/jira/platform/rest/v3/intro/#status-codes
      "Jira's two lists",
      {
        errorMessages: ["The value 'X' does not exist."],
        errors: {description: 'Too long.'},
      },
      "The value 'X' does not exist; description: Too long",
    ],
    [
      // https://www.rfc-editor.org/rfc/rfc9457#section-3
      'the detail of a problem',
      {type: 'https://api.test/odd', title: 'Odd request.', status: 400, detail: 'Page 0 is odd.'},
      'Page 0 is odd',
    ],
    ['the title of a problem without detail', {title: 'Odd request.', status: 400}, 'Odd request'],
    [
      // https://jsonapi.org/format/#error-objects
      "JSON:API's details",
      {errors: [{status: '400', title: 'Invalid', detail: 'No such filter.'}]},
      'No such filter',
    ],
    [
      // https://cloud.google.com/apigee/docs/api-platform/fundamentals/fault-handling
      "Apigee's fault",
      {fault: {faultstring: 'Invalid ApiKey', detail: {errorcode: 'oauth.v2.InvalidApiKey'}}},
      'Invalid ApiKey',
    ],
    [
      // https://fastapi.tiangolo.com/tutorial/handling-errors
      "FastAPI's list of what is wrong where",
      {detail: [{loc: ['query', 'page'], msg: 'not an integer', type: 'type_error'}]},
      'query.page: not an integer',
    ],
    ['a list of messages', {messages: ['No.', {message: 'Never.'}]}, 'No; Never'],
    [
      // https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm
      "Salesforce's body, which is a list",
      [{message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID'}],
      'Session expired or invalid',
    ],
    ['nothing that is blank', {message: ' ', error: 'forbidden', errors: []}, 'forbidden'],
    ['JSON that is a string', 'Slow down.', 'Slow down'],
  ])('is %s', (_custom, body, expected) => {
    expect(refusalIn(JSON.stringify(body))).toBe(expected);
  });

  test.each([
    ['JSON without a message is shown unchanged', '{"errors":[{"at":3}]}', '{"errors":[{"at":3}]}'],
    ['null is shown unchanged', 'null', 'null'],
    ['plain text is shown unchanged', ' Bad request\n', 'Bad request'],
    ['a long text is shortened', 'x'.repeat(1_000), `${'x'.repeat(300)}…`],
    ['many words are cut', JSON.stringify({message: 'x'.repeat(1_000)}), `${'x'.repeat(300)}…`],
    ['an empty body has no message', '', undefined],
  ])('%s', (_case, body, expected) => {
    expect(refusalIn(body)).toBe(expected);
  });

  test('is not an HTML page', () => {
    expect(refusalIn('<p>Not found</p>', 'text/html; charset=utf-8')).toBeUndefined();
  });
});
