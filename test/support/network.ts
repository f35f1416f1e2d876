// No test reaches the network: nock answers, or the call fails. A test that needs a loopback server in
// this process calls `nock.enableNetConnect('127.0.0.1')`. nock.restore() at the end is compulsory: jest
// gives each file a fresh nock, but all of them share node:net.
import {afterAll, afterEach, beforeAll} from '@jest/globals';
import nock from 'nock';

beforeAll(() => {
  if (!nock.isActive()) nock.activate();
  nock.disableNetConnect();
});
afterEach(() => nock.cleanAll());
afterAll(() => nock.restore());
