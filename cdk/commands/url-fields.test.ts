import {afterEach, beforeEach, describe, expect, test} from '@jest/globals';
import nock from 'nock';
import {type Config, failing, outcomeOf, STRING, sourceWith} from '../../test/http/checking.ts';
import type {Source} from '../author/source.ts';
import {bearer} from '../http/auth/bearer.ts';

const MISSING = 'http://missing.test';

describe('a field decides the URL if', () => {
  const refused = async (config: Config, source: Source<object>) =>
    / Check (.*) in the config\.$/.exec(await outcomeOf(config, source))?.[1];

  beforeEach(() => {
    nock(MISSING).get(/./).reply(404, {});
    for (const host of ['http://acme.crm.test', 'http://eu.crm.test', 'http://crm.test:8069']) {
      failing(host, 'ECONNREFUSED');
    }
  });
  afterEach(() => nock.cleanAll());

  const byShop = (properties: object) =>
    sourceWith(({shop}) => ({baseUrl: `http://${shop}.crm.test`}), {properties});

  test('the host is made of it', async () => {
    expect(await refused({shop: 'acme'}, byShop({shop: STRING}))).toBe('"shop"');
  });

  test('it is one of several that make the URL', async () => {
    const server = {type: 'object', properties: {host: STRING, port: {type: 'integer'}}};
    const source = sourceWith(
      (config) => {
        const {host, port} = Object(config['server']);
        return {baseUrl: `http://${host}:${port}`};
      },
      {properties: {server}},
    );
    expect(await refused({server: {host: 'crm.test', port: 8069}}, source)).toBe(
      '"server.host" and "server.port"',
    );
  });

  test('the whole URL is written in the check', async () => {
    const source = sourceWith(undefined, {path: 'http://crm.test:8069/me'});
    expect(await refused({api_url: 'CRM.test'}, source)).toBe('"api_url"');
  });

  test('its words are in the path that is not found', async () => {
    const baseUrl = MISSING;
    const properties = {
      repository: STRING,
      token: {...STRING, airbyte_secret: true},
      branch: STRING,
    };
    const source = sourceWith(() => ({baseUrl}), {path: '/repos/acme/crm/me', properties});
    const config = {repository: 'acme/crm', token: 'repos-0001', branch: 'main'};
    expect(await refused(config, source)).toBe('"repository"');
  });

  test('the path of the base URL is made of it', async () => {
    const host = MISSING;
    const source = sourceWith(({account}) => ({baseUrl: `${host}/accounts/no-${account}`}), {
      properties: {account: STRING},
    });
    expect(await refused({account: 'acme'}, source)).toBe('"account"');
  });

  test.each([
    ['but not if the host is fixed, and looks like it', {owner: 'crm'}, {owner: STRING}],
    [
      'but not if its value is the default',
      {owner: 'http://crm.test:8069'},
      {owner: {...STRING, default: 'http://crm.test:8069'}},
    ],
  ])('%s', async (_what, config, properties) => {
    const source = sourceWith(() => ({baseUrl: 'http://crm.test:8069'}), {properties});
    expect(await outcomeOf(config, source)).toMatch(/^TransientError: .*ECONNREFUSED/);
  });

  test.each([
    {shop: {enum: ['acme', 'eu']}},
    {shop: {...STRING, default: 'acme'}},
    {shop: {oneOf: [{const: 'acme'}, {const: 'eu'}]}},
  ])('but not if the author chose its value: %j', async (properties) => {
    expect(await outcomeOf({shop: 'acme'}, byShop(properties))).toMatch(/^TransientError: /);
  });

  test('but not if `connect` refuses any other value', async () => {
    const source = sourceWith(
      (config) => {
        if (config['key'] !== 'kept-safe-02') throw new Error('This is not a key.');
        return {baseUrl: 'http://crm.test:8069', auth: bearer('kept-safe-02')};
      },
      {properties: {key: {...STRING, airbyte_secret: true}}},
    );
    expect(await outcomeOf({key: 'kept-safe-02'}, source)).toMatch(/^TransientError: /);
  });
});
