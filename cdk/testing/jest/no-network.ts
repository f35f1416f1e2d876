// No test reaches the network: nock responds, or the call fails. A test that needs a loopback server in this process calls
// `nock.enableNetConnect('127.0.0.1')`. nock.restore() at the end is required: jest gives each file a fresh nock, but all of
// them share node:net.
import {subscribe, unsubscribe} from 'node:diagnostics_channel';
import {afterAll, afterEach, beforeAll} from '@jest/globals';
import nock from 'nock';
import {registerAuthorization} from '../recording.ts';

/** Credentials that are sent must not appear in any output. */
const watchCredentials = (message: unknown): void => {
  const headers: unknown = Object(message).request?.headers;
  if (!Array.isArray(headers)) return;
  const index = headers.findIndex((name) => String(name).toLowerCase() === 'authorization');
  if (index >= 0)
    registerAuthorization('what was sent as Authorization', String(headers[index + 1]));
};

beforeAll(() => {
  subscribe('undici:request:create', watchCredentials);
  if (!nock.isActive()) nock.activate();
  nock.disableNetConnect();
});
afterEach(() => nock.cleanAll());
afterAll(() => {
  unsubscribe('undici:request:create', watchCredentials);
  nock.restore();
});
