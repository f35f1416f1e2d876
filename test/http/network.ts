// No test reaches the network: nock answers, or the call fails. A test that needs a loopback server in
// this process calls `nock.enableNetConnect('127.0.0.1')`. nock.restore() at the end is compulsory: jest
// gives each file a fresh nock, but all of them share node:net.
import {subscribe, unsubscribe} from 'node:diagnostics_channel';
import {afterAll, afterEach, beforeAll} from '@jest/globals';
import nock from 'nock';
import {registerAuthorization} from '../../cdk/testing/recording.ts';

/** Whatever goes out as credentials may be said nowhere. */
const watchCredentials = (message: unknown): void => {
  const headers: unknown = Object(message).request?.headers;
  if (!Array.isArray(headers)) return;
  const place = headers.findIndex((name) => String(name).toLowerCase() === 'authorization');
  if (place >= 0)
    registerAuthorization('what was sent as Authorization', String(headers[place + 1]));
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
