// Faults of check.
import type {BrokenConnector, Hooks, Json} from './hooks.ts';

const caught = (hooks: Hooks): BrokenConnector => ({caughtBy: 'connection.test_check', hooks});

const isAnswer = ({type}: Json): boolean => type === 'CONNECTION_STATUS';

export const connectionFaults: Readonly<Record<string, BrokenConnector>> = {
  'check rejects a valid config': caught({
    check: () => ({status: 'FAILED', message: 'The token is not known.'}),
  }),
  'check accepts any config': caught({check: () => ({status: 'SUCCEEDED'})}),
  'check fails without a reason': caught({check: ({status}) => ({status})}),
  'check prints two results': caught({
    message: (message) => (isAnswer(message) ? [message, message] : [message]),
  }),
  'check prints no result': caught({message: (message) => (isAnswer(message) ? [] : [message])}),
  'check ends with exit code 1 once it has failed': caught({
    check: (result) => {
      if (result['status'] === 'FAILED') process.exitCode = 1;
      return result;
    },
  }),
  'check ends with an error at a wrong URL': caught({
    start: (command, {config, fail}) => {
      if (command !== 'check' || config['api_url'] === undefined) return undefined;
      fail(`connect ECONNREFUSED ${config['api_url']}`);
      return 'stop';
    },
  }),
  'check crashes': caught({
    start: (command, {fail}) => {
      if (command !== 'check') return undefined;
      fail('It crashed.');
      return 'stop';
    },
  }),
};
