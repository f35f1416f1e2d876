// Tests with a stand-in for Google's package: a client with the same methods, whose requests to a server on loopback are
// those of the package's REST mode (https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions/access).
import {describe, expect, test} from '@jest/globals';
import {request} from 'undici';
import {sendJson} from '../../test/http/api-server.ts';
import {serve} from '../../test/http/loopback.ts';
import {resolveHere} from '../../test/resolve-here.ts';

type Reply = {readonly status?: number; readonly body: unknown};

/** gRPC status codes by their names in REST: https://cloud.google.com/apis/design/errors */
const CODES: Readonly<Record<string, number>> = {
  NOT_FOUND: 5,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  UNAUTHENTICATED: 16,
  UNIMPLEMENTED: 12,
};

const refusal = (status: number, name: string): Reply => ({
  status,
  body: {error: {code: status, message: `message of ${name}`, status: name}},
});

const version = (name: string, text: string | Uint8Array): Reply => ({
  body: {name, payload: {data: Buffer.from(text).toString('base64'), dataCrc32c: '1'}},
});

const googleWith = async (replies: Readonly<Record<string, Reply>>) => {
  const events: string[] = [];
  const origin = await serve(({method, url = ''}, response) => {
    events.push(`${method} ${url}`);
    const {status = 200, body} = replies[url] ?? refusal(404, 'NOT_FOUND');
    sendJson(response, body, {status});
  });
  const SecretManagerServiceClient = class {
    initialize = async () => {};
    accessSecretVersion = async ({name}: {name: string}, {timeout}: {timeout: number}) => {
      const {body} = await request(`${origin}/v1/${name}:access`, {bodyTimeout: timeout});
      const reply = Object(await body.json());
      if (reply.error === undefined) {
        return [{...reply, payload: {data: Buffer.from(reply.payload.data, 'base64')}}];
      }
      const {status, message} = reply.error;
      throw Object.assign(new Error(`${CODES[status]} ${status}: ${message}`), {
        code: CODES[status],
      });
    };
    close = async () => void events.push('close');
  };
  const load = async <T>(): Promise<T> => Object({SecretManagerServiceClient});
  return {events, load};
};

const SECRET = 'projects/p-1/secrets/app';

describe("a secret of Google's Secret Manager", () => {
  test('is the latest version unless one is named, and may have fields', async () => {
    const {events, load} = await googleWith({
      [`/v1/${SECRET}/versions/latest:access`]: version(SECRET, '{"user": "alice"}'),
      [`/v1/${SECRET}/versions/3:access`]: version(SECRET, 'hush-hush'),
    });
    const {config, secrets} = await resolveHere(
      [`gcp-sm:${SECRET}#user`, `gcp-sm:${SECRET}/versions/3`],
      {load},
    );
    expect([config, secrets.toSorted()]).toEqual([
      ['alice', 'hush-hush'],
      ['alice', 'hush-hush'],
    ]);
    expect(events.toSorted()).toEqual([
      `GET /v1/${SECRET}/versions/3:access`,
      `GET /v1/${SECRET}/versions/latest:access`,
      'close',
    ]);
  });

  test.each([
    [
      refusal(404, 'NOT_FOUND'),
      'config_error: there is no such secret, or no such version of it (NOT_FOUND)',
    ],
    [
      refusal(403, 'PERMISSION_DENIED'),
      'config_error: no permission: grant roles/secretmanager.secretAccessor on it (PERMISSION_DENIED)',
    ],
    [
      refusal(400, 'FAILED_PRECONDITION'),
      'config_error: this version is disabled or destroyed (FAILED_PRECONDITION)',
    ],
    [
      refusal(401, 'UNAUTHENTICATED'),
      'config_error: Google does not accept the credentials it was given (UNAUTHENTICATED)',
    ],
    [
      refusal(503, 'UNAVAILABLE'),
      'transient_error: the request to Google failed: 14 UNAVAILABLE: message of UNAVAILABLE',
    ],
    [
      refusal(501, 'UNIMPLEMENTED'),
      'system_error: Google refused the request: 12 UNIMPLEMENTED: message of UNIMPLEMENTED',
    ],
    [version(SECRET, Buffer.from([0xff])), 'config_error: it is binary, not text in UTF-8'],
    [{body: {name: SECRET, payload: {data: ''}}}, 'config_error: it is empty'],
  ])('fails with the reason if the response is %j', async (reply, reason) => {
    const {load} = await googleWith({[`/v1/${SECRET}/versions/latest:access`]: reply});
    const {error} = await resolveHere(`gcp-sm:${SECRET}`, {load});
    const type = reason.slice(0, reason.indexOf(':'));
    expect(error).toBe(
      `${type}: The reference gcp-sm:${SECRET} can't be resolved: ${reason.slice(type.length + 2)}.`,
    );
  });

  test('fails without credentials with the settings to provide them', async () => {
    const load = async <T>(): Promise<T> =>
      Object({
        SecretManagerServiceClient: class {
          initialize = () =>
            Promise.reject(
              new Error(
                'Could not load the default credentials. Browse to https://cloud.google.com/docs/authentication/getting-started for more information.',
              ),
            );
        },
      });
    const {error} = await resolveHere(`gcp-sm:${SECRET}`, {load});
    expect(error).toBe(
      `config_error: The reference gcp-sm:${SECRET} can't be resolved: there are no Google credentials: set GOOGLE_APPLICATION_CREDENTIALS to the path of a key, or give this machine or container a service account.`,
    );
  });
});
