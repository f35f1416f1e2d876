import type {Connection, Source} from '../author/source.ts';
import type {Stream} from '../author/stream-value.ts';
import {SystemError} from '../errors.ts';
import {type OpenedClient, openHttpClient} from '../http/client.ts';
import type {RetryOptions} from '../http/limits/retry.ts';
import {isObject, type JsonObject} from '../json/values.ts';
import {validateConfig, withoutInternalKeys} from '../protocol/config.ts';
import {secretValues} from '../protocol/secrets.ts';
import {parseReference} from '../secrets/reference.ts';
import {type Resolved, resolveReferences} from '../secrets/resolve.ts';
import type {Input, Runtime} from './command.ts';
import {rotationTeller} from './rotation.ts';

/** The config as it is meant: no secret of it, be it written there or elsewhere, is unknown to the redactor after that. */
const resolve = async (
  schema: Source<object>['spec']['connectionSpecification'],
  given: unknown,
  {redactor, signal, log, clock}: Runtime,
): Promise<Resolved> => {
  // A reference is no secret, and errors name it.
  redactor.add(secretValues(schema, given).filter((value) => !parseReference(value)));
  const resolved = await resolveReferences(given, {
    signal,
    log,
    onSecret: (secret) => redactor.add([secret]),
    ...(clock && {sleep: clock.sleep}),
  });
  redactor.add(secretValues(schema, resolved.config));
  return resolved;
};

/** What a command has, once it is connected. The client is bound to the source itself; close it. */
type Connected<C> = Connection<C> & {readonly http: OpenedClient};

/**
 * A valid config and a client for the API it points to.
 * @param retry how a command takes waiting, where that is not what the source says
 */
export const connect = async <C extends object>(
  source: Source<C>,
  readConfig: Input,
  runtime: Runtime,
  retry: RetryOptions = {},
): Promise<Connected<C>> => {
  const {redactor, signal, log, clock} = runtime;
  const schema = source.spec.connectionSpecification;
  const read = await readConfig();
  const given = isObject(read) ? withoutInternalKeys(read) : read;
  const {config: resolved, values} = await resolve(schema, given, runtime);
  const config = validateConfig<C>(schema, resolved, [...values.values()]);
  const options = source.connect?.(config) ?? {};
  const http = openHttpClient(
    {...options, retry: {...options.retry, ...retry}},
    {
      signal,
      log,
      clock,
      onSecret: (secret) => redactor.add([secret]),
      onRotated: rotationTeller(isObject(given) ? given : {}, values, runtime),
    },
  );
  return {config, http};
};

/** A config is read from JSON, whatever its type says. */
export const jsonOf = (config: object): JsonObject => (isObject(config) ? config : {});

/** How many slices are read at once, where the source says so. */
export const concurrencyOf = <C extends object>(
  {name, concurrency}: Source<C>,
  config: C,
): number | undefined => {
  const declared = typeof concurrency === 'function' ? concurrency(config) : concurrency;
  if (declared === undefined || (Number.isInteger(declared) && declared >= 1)) return declared;
  throw new SystemError(
    `The concurrency of source ${name} is ${declared}, so no slice would be read: it must be a whole number, 1 or more.`,
  );
};

/** The source's streams, whose names must differ: catalogs and states know them by name. */
export const streamsOf = async <C extends object>(
  source: Source<C>,
  {config, http}: Connection<C>,
): Promise<readonly Stream[]> => {
  const streams = await source.streams({config, http});
  const names = streams.map(({name}) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new SystemError(`Two streams are called ${twice}: rename one.`);
  return streams;
};
