// Tests with AWS's own client, against a server on loopback that responds as in
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html.
import {text} from 'node:stream/consumers';
import {describe, expect, test} from '@jest/globals';
import {sendJson} from '../../test/http/api-server.ts';
import {serve} from '../../test/http/loopback.ts';
import {resolveHere} from '../../test/resolve-here.ts';
import type {AwsPackage} from './aws-sm.ts';
import type {StoreContext} from './store.ts';

type Reply = {readonly status?: number; readonly type?: string; readonly body: object};

const refused = (type: string, status = 400): Reply => ({
  status,
  body: {__type: type, message: `message of ${type}`},
});

/** The real package, except that its requests go to the local server with fixed credentials. */
const awsWith = async (reply: (name: string) => Reply) => {
  const requests: string[] = [];
  const endpoint = await serve(async (request, response) => {
    const {SecretId} = JSON.parse(await text(request));
    const region = /\/(\S+?)\/secretsmanager\//.exec(request.headers.authorization ?? '')?.[1];
    requests.push(`${region?.split('/').at(-1)} ${SecretId}`);
    const {status = 200, body} = reply(SecretId);
    sendJson(response, body, {status, headers: {'content-type': 'application/x-amz-json-1.1'}});
  });
  const aws: AwsPackage = await import('@aws-sdk/client-secrets-manager');
  const credentials = {accessKeyId: 'AKIA', secretAccessKey: 'hush'};
  const local = class extends aws.SecretsManager {
    constructor(options: ConstructorParameters<AwsPackage['SecretsManager']>[0]) {
      super(Object.assign({region: 'us-east-1'}, options, {endpoint, credentials}));
    }
  };
  const load: StoreContext['load'] = async <T>(): Promise<T> => Object({SecretsManager: local});
  return {requests, load};
};

const ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-Ab1C2d';

describe('a secret of AWS', () => {
  test('is requested by its name, or by its ARN in the region of the ARN', async () => {
    const {requests, load} = await awsWith((name) => ({
      body: name === ARN ? {SecretBinary: btoa('{"a": "bytes"}')} : {SecretString: 'hush-hush'},
    }));
    const {config, secrets} = await resolveHere([`aws-sm:${ARN}#a`, 'aws-sm:prod/db'], {load});
    expect([config, secrets.toSorted(), requests.toSorted()]).toEqual([
      ['bytes', 'hush-hush'],
      ['bytes', 'hush-hush'],
      [`eu-west-1 ${ARN}`, 'us-east-1 prod/db'],
    ]);
  });

  test.each([
    [
      refused('ResourceNotFoundException'),
      'config_error: there is no such secret, or no value in it (ResourceNotFoundException)',
      1,
    ],
    [
      refused('AccessDeniedException'),
      'config_error: no permission: allow secretsmanager:GetSecretValue on it, and kms:Decrypt on a key of your own (AccessDeniedException)',
      1,
    ],
    [
      refused('UnrecognizedClientException'),
      'config_error: AWS does not accept the credentials it was given: they may be mistyped or expired (UnrecognizedClientException)',
      1,
    ],
    [
      refused('InvalidRequestException'),
      'config_error: it exists, but cannot be read now; it may be marked for deletion (InvalidRequestException)',
      1,
    ],
    [{body: {SecretBinary: btoa('\xff')}}, 'config_error: it is binary, not text in UTF-8', 1],
    [
      refused('ThrottlingException'),
      'transient_error: the request to AWS failed: message of ThrottlingException',
      3,
    ],
    [
      refused('InternalServiceError', 500),
      'transient_error: the request to AWS failed: message of InternalServiceError',
      3,
    ],
    [refused('Odd'), 'system_error: AWS refused the request: message of Odd (Odd)', 1],
  ])('fails with the reason if the response is %j', async (reply, reason, attempts) => {
    const {requests, load} = await awsWith(() => reply);
    const {error} = await resolveHere('aws-sm:x', {load});
    const type = reason.slice(0, reason.indexOf(':'));
    expect([error, requests.length]).toEqual([
      `${type}: The reference aws-sm:x can't be resolved: ${reason.slice(type.length + 2)}.`,
      attempts,
    ]);
  });
});
