import {describe, expect, test} from '@jest/globals';
import {errorIn, refusalText} from './refusal-text.ts';

const refusalIn = (
  body: string,
  contentType = 'application/json',
  headers: Readonly<Record<string, string>> = {},
): string | undefined =>
  refusalText({
    status: 400,
    headers: {'content-type': contentType, ...headers},
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

  test.each([
    [
      // https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
      "AWS's message",
      '<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Access &quot;x&quot; Denied</Message><RequestId>1</RequestId></Error>',
      'Access "x" Denied',
    ],
    ['a code without a message', '<Error><Code>SlowDown</Code><Message/></Error>', 'SlowDown'],
    [
      "SOAP's fault",
      '<s:Envelope xmlns:s="u"><s:Body><s:Fault><faultcode>s:Client</faultcode><faultstring xml:lang="en">Invalid\n session</faultstring></s:Fault></s:Body></s:Envelope>',
      'Invalid session',
    ],
    [
      // https://www.w3.org/TR/soap12-part1/#soapfault
      "SOAP 1.2's reason",
      '<e:Fault><e:Code><e:Value>e:Sender</e:Value></e:Code><e:Reason><e:Text xml:lang="en">Sender Timeout</e:Text></e:Reason></e:Fault>',
      'Sender Timeout',
    ],
    [
      // https://www.flickr.com/services/api/response.rest.html
      'an attribute',
      '<rsp stat="fail"><err code="1" msg="User not found" /></rsp>',
      'User not found',
    ],
    ['a section of characters', '<e><message><![CDATA[a < b & c]]></message></e>', 'a < b & c'],
    ['XML without a reason', '<rsp><n>1</n></rsp>', '<rsp><n>1</n></rsp>'],
    [
      'a form',
      'error=bad_verification_code&error_description=The+code+has%20expired.',
      'The code has expired',
    ],
    [
      'the last line of a Python trace',
      'Traceback (most recent call last):\n  File "app.py", line 1, in get\nKeyError: no such table',
      'KeyError: no such table',
    ],
  ])('is %s in a body that is not JSON', (_what, body, expected) => {
    expect(refusalIn(body, 'text/plain')).toBe(expected);
  });

  test.each([
    [
      {
        'www-authenticate':
          'Bearer realm="x", error="invalid_token", error_description="It expired"',
      },
      '',
      'It expired',
    ],
    [
      {'www-authenticate': 'Bearer error="insufficient_scope", scope="repo user"'},
      '',
      'insufficient_scope; scope: repo user',
    ],
    [{'www-authenticate': 'Basic realm="x"'}, '', undefined],
    [{'x-error-message': 'No such table'}, '{}', 'No such table'],
    [{'x-error-detail': 'Over the limit'}, '{"message": "No"}', 'No; Over the limit'],
    [{'grpc-message': 'no%20such%20shard'}, '', 'no such shard'],
    [{'x-error': '100% of it is gone'}, '', '100% of it is gone'],
  ])('is in the headers %j', (headers, body, expected) => {
    expect(refusalIn(body, 'text/plain', headers)).toBe(expected);
  });

  test.each([
    [
      '<!DOCTYPE html><html><head><title>\n Just a moment&hellip; </title></head></html>',
      'Just a moment&hellip;',
    ],
    ['<html><body><h1>502 Bad Gateway</h1></body></html>', '502 Bad Gateway'],
    ['<html><head><title></title></head><h1>Log in</h1></html>', 'Log in'],
  ])('is the title of an HTML page', (body, expected) => {
    expect(refusalIn(body, 'text/html')).toBe(expected);
  });

  test('is not taken from the data of a response with a status of success', () => {
    const json = {data: {note: 'a note of a customer'}, errors: [{message: 'Timed out'}]};
    expect(errorIn(json)).toBe('Timed out');
  });

  test('is not an HTML page', () => {
    expect(refusalIn('<p>Not found</p>', 'text/html; charset=utf-8')).toBeUndefined();
  });
});
