// Error responses as the documentation of their vendors shows them.
import {expect, test} from '@jest/globals';
import {reasonOf} from './reason.ts';

test.each<[string, unknown, string]>([
  [
    // https://www.jsonrpc.org/specification#error_object, as Zabbix has it
    "JSON-RPC's data",
    {
      jsonrpc: '2.0',
      error: {code: -32602, message: 'Invalid params.', data: 'Session terminated, re-login.'},
    },
    'Invalid params; Session terminated, re-login',
  ],
  [
    "JSON-RPC's data that is an object with a stack trace",
    {
      jsonrpc: '2.0',
      error: {
        code: 200,
        message: 'Odoo Server Error',
        data: {
          name: 'odoo.exceptions.AccessError',
          debug: 'Traceback (most recent call last):\n  File "http.py", line 1\nAccessError',
          message: 'You may not read stock.move',
          arguments: ['You may not read stock.move'],
        },
      },
    },
    'Odoo Server Error; odoo.exceptions.AccessError: You may not read stock.move',
  ],
  [
    // https://www.mediawiki.org/wiki/API:Errors_and_warnings
    "MediaWiki's info",
    {
      error: {
        code: 'badtoken',
        info: 'Invalid CSRF token.',
        '*': 'See https://wiki.test/w/api.php for API usage.',
      },
      servedby: 'mw1',
    },
    'Invalid CSRF token',
  ],
  [
    "MediaWiki's second version",
    {
      errors: [{code: 'badtoken', text: 'Invalid CSRF token.', module: 'edit'}],
      docref: 'See https://wiki.test/w/api.php for API usage.',
    },
    'Invalid CSRF token',
  ],
  [
    // https://www.rfc-editor.org/rfc/rfc9457#section-3-3
    "a problem's errors with their pointers",
    {
      type: 'https://api.test/validation-error',
      title: 'Your request is not valid.',
      errors: [
        {detail: 'must be a positive integer', pointer: '#/age'},
        {detail: 'must be a colour', pointer: '#/profile/color'},
      ],
    },
    '#/age: must be a positive integer; #/profile/color: must be a colour',
  ],
  [
    // https://www.rfc-editor.org/rfc/rfc7807#section-3
    "a problem's invalid parameters",
    {title: 'Not valid.', 'invalid-params': [{name: 'age', reason: 'must be positive'}]},
    'age: must be positive',
  ],
  [
    "JSON:API's source",
    {errors: [{title: 'Invalid', detail: 'Is too long.', source: {pointer: '/data/name'}}]},
    '/data/name: Is too long',
  ],
  [
    // https://developers.google.com/workspace/drive/api/guides/handle-errors
    "Google's reason in a list",
    {
      error: {
        code: 403,
        message: 'Drive is off.',
        errors: [{domain: 'usageLimits', reason: 'accessNotConfigured', message: 'Enable it.'}],
      },
    },
    'Drive is off; Enable it; accessNotConfigured',
  ],
  [
    // https://cloud.google.com/apis/design/errors#error_details
    "Google's details",
    {
      error: {
        code: 400,
        message: 'Invalid value.',
        status: 'INVALID_ARGUMENT',
        details: [
          {
            '@type': 'type.googleapis.com/google.rpc.BadRequest',
            fieldViolations: [{field: 'page_size', description: 'Must be below 100.'}],
          },
          {'@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID'},
          {
            '@type': 'type.googleapis.com/google.rpc.Help',
            links: [{description: 'Read this', url: 'https://api.test/docs'}],
          },
        ],
      },
    },
    'Invalid value; page_size: Must be below 100; API_KEY_INVALID',
  ],
  [
    // https://learn.microsoft.com/en-us/graph/errors
    "Graph's inner error",
    {
      error: {
        code: 'Forbidden',
        message: 'Access is denied.',
        innerError: {
          code: 'MissingScope',
          'request-id': 'a-b-c',
          date: '2026-01-01T00:00:00',
        },
      },
    },
    'Access is denied; MissingScope',
  ],
  [
    "OData's details with their targets",
    {
      error: {
        code: '400',
        message: 'Bad query.',
        details: [{target: '$filter', message: 'Unknown field.'}],
      },
    },
    'Bad query; $filter: Unknown field',
  ],
  [
    "SAP's inner error",
    {
      error: {
        code: 'X/001',
        message: {lang: 'en', value: 'No authorization.'},
        innererror: {errordetails: [{code: 'Y/002', message: 'Role Z is missing.'}]},
      },
    },
    'No authorization; Role Z is missing',
  ],
  [
    'a fault in JSON',
    {Fault: {faultcode: 'Server', faultstring: 'Not logged in.'}},
    'Not logged in',
  ],
  [
    "Salesforce's fields",
    [{message: 'Required field is missing.', errorCode: 'REQUIRED', fields: ['Name']}],
    'Name: Required field is missing',
  ],
  [
    // https://www.elastic.co/docs/api/doc/elasticsearch
    "Elasticsearch's root cause",
    {
      error: {
        root_cause: [{type: 'parsing_exception', reason: 'unknown query [foo]'}],
        type: 'x_content_parse_exception',
        reason: '[bool] failed to parse field [must]',
        caused_by: {type: 'parsing_exception', reason: 'unknown query [foo]'},
      },
      status: 400,
    },
    '[bool] failed to parse field [must]; unknown query [foo]',
  ],
  ["CouchDB's reason", {error: 'unauthorized', reason: 'Name is incorrect.'}, 'Name is incorrect'],
  ["CouchDB's bare reason", {error: 'not_found', reason: 'missing'}, 'not_found: missing'],
  [
    // https://www.django-rest-framework.org/api-guide/exceptions/
    "Django's messages by field",
    {
      email: ['Enter a valid email address.'],
      non_field_errors: ['Passwords differ.'],
      address: {zip: ['Required.']},
    },
    'Enter a valid email address; Passwords differ; zip: Required',
  ],
  [
    // https://laravel.com/docs/validation#validation-error-response-format
    "Laravel's messages by field, without its trace",
    {
      message: 'The given data was invalid.',
      errors: {'items.0.name': ['is required'], email: ['is taken']},
      exception: 'ValidationException',
      file: '/var/www/a b.php',
      trace: [{file: '/var/www/x.php', message: 'not this'}],
    },
    'The given data was invalid; items.0.name: is required; email: is taken',
  ],
  ["Rails' list of strings", {errors: ["Name can't be blank"]}, "Name can't be blank"],
  [
    "Jira's single message",
    {errorMessages: [], errors: {project: 'project is required'}},
    'project is required',
  ],
  [
    // https://docs.slack.dev/reference/methods
    "Slack's missing scope",
    {ok: false, error: 'missing_scope', needed: 'channels:read', provided: 'identify'},
    'missing_scope; needed: channels:read; provided: identify',
  ],
  [
    "Slack's messages",
    {
      ok: false,
      error: 'invalid_arguments',
      response_metadata: {messages: ['[ERROR] no channel']},
    },
    '[ERROR] no channel',
  ],
  [
    "ASP.NET's exception without its stack trace",
    {
      Message: 'An error has occurred.',
      ExceptionMessage: 'Unknown column x.',
      ExceptionType: 'System.Exception',
      StackTrace: '   at Api.Get() in C:\\api.cs:line 3',
    },
    'An error has occurred; Unknown column x',
  ],
  [
    "ASP.NET's state of the model",
    {Message: 'The request is invalid.', ModelState: {'order.Name': ['Name is required.']}},
    'The request is invalid; order.Name: Name is required',
  ],
  [
    "Spring's error",
    {
      timestamp: 'Thu Jan 01 00:00:00 UTC 2026',
      status: 400,
      error: 'Bad Request',
      message: 'Parameter since is missing',
      path: '/items a',
    },
    'Parameter since is missing',
  ],
  [
    "Spring's error without a message",
    {status: 400, error: 'Bad Request', path: '/items'},
    'Bad Request',
  ],
  [
    "Shopify's errors by field",
    {errors: {base: ['Too many.'], since_id: ['is wrong']}},
    'Too many; since_id: is wrong',
  ],
  [
    "Shopify's errors of a mutation",
    {userErrors: [{field: ['input', 'title'], message: "can't be blank"}]},
    "input.title: can't be blank",
  ],
  [
    // https://developers.hubspot.com/docs/api-reference/error-handling
    "HubSpot's context",
    {
      status: 'error',
      message: 'The scope is missing. Read more here: https://api.test/scopes.',
      correlationId: 'a b',
      errors: [
        {
          message: 'One of these scopes is required.',
          context: {requiredScopes: ['crm.contacts.read']},
        },
      ],
      links: {'learn more': 'https://api.test/scopes and more'},
      category: 'MISSING_SCOPES',
    },
    'The scope is missing. Read more here: https://api.test/scopes; One of these scopes is required; requiredScopes: crm.contacts.read',
  ],
  [
    "GraphQL's errors with their paths",
    {errors: [{message: 'Not Found', path: ['shop', 'orders'], extensions: {code: 'OUT_OF_DATE'}}]},
    'shop.orders: Not Found; OUT_OF_DATE',
  ],
  [
    // https://docs.nestjs.com/techniques/validation
    "Nest's list of messages",
    {statusCode: 400, message: ['page must be a number'], error: 'Bad Request'},
    'page must be a number',
  ],
  // https://github.com/omniti-labs/jsend
  ["JSend's data", {status: 'fail', data: {title: 'A title is required'}}, 'A title is required'],
  [
    // https://developers.cloudflare.com/api
    "Cloudflare's chain",
    {
      success: false,
      errors: [{code: 6003, message: 'Invalid headers', error_chain: [{message: 'No such key'}]}],
      messages: [],
    },
    'Invalid headers; No such key',
  ],
  [
    // https://www.twilio.com/docs/usage/twilios-response
    'a message, not the link beside it',
    {code: 20003, message: 'Authentication Error', more_info: 'https://api.test/errors/20003'},
    'Authentication Error',
  ],
  [
    // https://developer.paypal.com/api/rest/responses/
    "PayPal's details",
    {
      name: 'INVALID_REQUEST',
      message: 'Request is not well-formed.',
      details: [
        {field: '/page', location: 'query', issue: 'INVALID', description: 'Is above 100.'},
      ],
      links: [],
    },
    'Request is not well-formed; /page: Is above 100',
  ],
  [
    // https://developer.ebay.com/api-docs/static/handling-error-messages.html
    "eBay's long message, which has the short one",
    {errors: [{errorId: 1, message: 'Invalid filter', longMessage: 'Invalid filter: foo.'}]},
    'Invalid filter: foo',
  ],
  [
    // https://pipedrive.readme.io/docs/core-api-concepts-requests
    "Pipedrive's error and the advice beside it",
    {success: false, error: 'unauthorized access', error_info: 'Check the token.'},
    'unauthorized access; Check the token',
  ],
  [
    // https://docs.gitlab.com/api/rest/troubleshooting/
    "GitLab's map in its message",
    {message: {path: ['has already been taken'], base: ['Not found']}},
    'path: has already been taken; Not found',
  ],
  [
    // https://hl7.org/fhir/operationoutcome.html
    "FHIR's issues",
    {
      resourceType: 'OperationOutcome',
      issue: [
        {severity: 'error', code: 'x', diagnostics: 'Unknown type', details: {text: 'No X.'}},
      ],
    },
    'No X; diagnostics: Unknown type',
  ],
  [
    "Okta's causes",
    {
      errorCode: 'E1',
      errorSummary: 'Not valid',
      errorLink: 'E1',
      errorCauses: [{errorSummary: 'No name'}],
    },
    'Not valid; No name',
  ],
  [
    "QuickBooks' fault",
    {
      Fault: {Error: [{Message: 'AuthenticationFailed', Detail: 'Token expired', code: '3200'}]},
      time: 'a b',
    },
    'AuthenticationFailed; Token expired',
  ],
  [
    "Kubernetes' reason, which its message has",
    {kind: 'Status', status: 'Failure', message: 'pods is forbidden', reason: 'Forbidden'},
    'pods is forbidden',
  ],
  [
    "Solr's message without its classes",
    {error: {metadata: ['error-class', 'org.apache.X'], msg: 'undefined field a', code: 400}},
    'undefined field a',
  ],
  [
    'JSON within a string',
    {message: '{"error": {"message": "No quota for this project"}}'},
    'No quota for this project',
  ],
  [
    'the first lines of a stack trace',
    {message: 'java.lang.Error: No such table\n\tat db.Query.run(Query.java:3)'},
    'java.lang.Error: No such table',
  ],
  [
    'a field that nobody knows, if it has a sentence',
    {why_not: 'The plan has no reports', request_id: 'a b c'},
    'why_not: The plan has no reports',
  ],
])('the reason of an error is %s', (_custom, body, expected) => {
  expect(reasonOf(body)).toBe(expected);
});
