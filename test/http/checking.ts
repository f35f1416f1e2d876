// A source of one request, and the outcomes of its check, for tests of what a URL in the config does to a check.
import nock from 'nock';
import {defineSource, type Source} from '../../cdk/author/source.ts';
import type {HttpOptions} from '../../cdk/http/client.ts';
import {checkSource} from '../../cdk/testing/run-source.ts';
import {failureOf} from '../failure-of.ts';

export type Config = Readonly<Record<string, unknown>>;

export const STRING = {type: 'string'};
const PROPERTIES = {api_url: STRING};

/** A source whose check requests one path. */
export const sourceWith = (
  connect: ((config: Readonly<Record<string, string>>) => HttpOptions) | undefined,
  {path = '/me', properties = PROPERTIES}: {path?: string; properties?: object} = {},
): Source<object> =>
  defineSource({
    name: 'crm',
    spec: {connectionSpecification: {type: 'object', properties}},
    ...(connect && {connect: (config: object) => connect(Object(config))}),
    check: ({http}) => http.get(path),
    streams: () => [],
  });

export const CRM = sourceWith(({api_url = ''}) => ({baseUrl: api_url}));

/** The message of FAILED, or the error that ends the check with exit code 1. Waits take no time. */
export const outcomeOf = async (config: Config, source: Source<object> = CRM): Promise<string> => {
  const clock = {
    now: Date.now,
    sleep: () => Promise.resolve(),
  };
  let outcome = '';
  const failure = await failureOf(async () => {
    const [message] = await checkSource(source, config, clock);
    const {status, message: text} = message?.connectionStatus ?? {};
    outcome = `${status} ${text}`;
    throw new Error();
  });
  return outcome || failure;
};

/** Fails each request in the same way. */
export const failing = (host: string, code: string, more: object = {}) =>
  nock(host)
    .persist()
    .get('/me')
    .replyWithError(Object.assign(new Error(`It broke: ${code}`), {code, ...more}));
