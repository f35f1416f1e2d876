// A test that prints a secret, because the spec does not mark it: copied into a new repository as sources/crm/leak.test.ts.
import {test} from '@jest/globals';
import {ConfigError, defineSource} from 'headwater';
import {checkSource, secret} from 'headwater/testing';

const leaky = defineSource<{token: string}>({
  name: 'leaky',
  spec: {connectionSpecification: {type: 'object'}},
  check: async ({config}) => {
    throw new ConfigError(`The token ${config.token} is wrong.`);
  },
  streams: () => [],
});

test('it leaks', async () => {
  await checkSource(leaky, {token: secret('leaky')});
});
