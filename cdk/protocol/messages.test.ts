import {describe, expect, test} from '@jest/globals';
import {validateMessage} from '../testing/protocol.ts';
import {connectionStatus, errorTrace, logMessage, stateMessage, streamStatus} from './messages.ts';

const users = {name: 'users', namespace: 'shop'};

describe('a message', () => {
  test.each([
    ['LOG', logMessage('INFO', 'Hello.'), {type: 'LOG', log: {level: 'INFO', message: 'Hello.'}}],
    [
      'LOG with a stack',
      logMessage('FATAL', 'Boom.', 'Error: Boom.\n    at here'),
      {
        type: 'LOG',
        log: {level: 'FATAL', message: 'Boom.', stack_trace: 'Error: Boom.\n    at here'},
      },
    ],
    [
      'CONNECTION_STATUS',
      connectionStatus('SUCCEEDED'),
      {type: 'CONNECTION_STATUS', connectionStatus: {status: 'SUCCEEDED'}},
    ],
    [
      'CONNECTION_STATUS with its reason',
      connectionStatus('FAILED', 'No.'),
      {type: 'CONNECTION_STATUS', connectionStatus: {status: 'FAILED', message: 'No.'}},
    ],
    [
      'STATE',
      stateMessage(users, {updated_at: '2026-01-01'}, 3),
      {
        type: 'STATE',
        state: {
          type: 'STREAM',
          stream: {stream_descriptor: users, stream_state: {updated_at: '2026-01-01'}},
          sourceStats: {recordCount: 3},
        },
      },
    ],
    [
      'TRACE STREAM_STATUS',
      streamStatus(users, 'STARTED', 7),
      {
        type: 'TRACE',
        trace: {
          type: 'STREAM_STATUS',
          emitted_at: 7,
          stream_status: {stream_descriptor: users, status: 'STARTED'},
        },
      },
    ],
    [
      'TRACE STREAM_STATUS of a stream that waits',
      streamStatus(users, 'RUNNING', 7, 1_000.5),
      {
        type: 'TRACE',
        trace: {
          type: 'STREAM_STATUS',
          emitted_at: 7,
          stream_status: {
            stream_descriptor: users,
            status: 'RUNNING',
            reasons: [{type: 'RATE_LIMITED', rate_limited: {quota_reset: 1001}}],
          },
        },
      },
    ],
    [
      'TRACE ERROR',
      errorTrace({type: 'system_error', message: 'Boom.', internalMessage: undefined}, 7),
      {
        type: 'TRACE',
        trace: {
          type: 'ERROR',
          emitted_at: 7,
          error: {message: 'Boom.', failure_type: 'system_error'},
        },
      },
    ],
    [
      'TRACE ERROR of a stream',
      errorTrace(
        {
          type: 'config_error',
          message: 'No.',
          internalMessage: 'ConfigError: No.',
          stack: 'at here',
          stream: users,
        },
        7,
      ),
      {
        type: 'TRACE',
        trace: {
          type: 'ERROR',
          emitted_at: 7,
          error: {
            message: 'No.',
            internal_message: 'ConfigError: No.',
            stack_trace: 'at here',
            failure_type: 'config_error',
            stream_descriptor: users,
          },
        },
      },
    ],
  ])('of kind %s has wire names, and is valid by the protocol', (_kind, message, expected) => {
    expect(message).toStrictEqual(expected);
    expect(validateMessage(message)).toEqual([]);
  });
});
