import {unlessAborted} from '../abort.ts';
import type {Connection, Source} from '../author/source.ts';
import type {Stream} from '../author/stream-types.ts';
import {SystemError} from '../errors.ts';
import {type OpenedClient, openHttpClient} from '../http/client.ts';
import type {RetryOptions} from '../http/limits/retry.ts';
import type {TimeoutOptions} from '../http/wire/timeouts.ts';
import {secretValues} from '../json/marked-secrets.ts';
import {isObject, type JsonObject} from '../json/values.ts';
import {validateConfig, withoutInternalKeys} from '../protocol/config.ts';
import {parseReference} from '../secrets/reference.ts';
import {type Resolved, resolveReferences} from '../secrets/resolve.ts';
import type {Input, Runtime} from './command.ts';
import {rotationAnnouncer} from './rotation.ts';
import {urlFieldsOf} from './url-fields.ts';

/** Replaces references by their values. The redactor knows every secret afterwards, those of references included. */
const resolve = async (
  schema: Source<object>['spec']['connectionSpecification'],
  given: unknown,
  {redactor, signal, log, clock}: Runtime,
): Promise<Resolved> => {
  // A reference is not a secret: errors name it.
  redactor.add(secretValues(schema, given).filter((value) => !parseReference(value)));
  const resolved = await resolveReferences(given, {
    signal,
    log,
    onSecret: (secret) => redactor.add([secret]),
    ...(clock?.limit && {sleep: clock.limit}),
  });
  redactor.add(secretValues(schema, resolved.config));
  return resolved;
};

type CheckOptions = {
  /** These override the source's own options. */
  readonly retry: RetryOptions;
  readonly timeouts: TimeoutOptions;
};

/**
 * Validates the config, and opens a client for the source itself, which the command must close.
 * @param checking for a check, whose errors tell a wrong URL in the config from an API that is down
 */
export const connect = async <C extends object>(
  source: Source<C>,
  readConfig: Input,
  runtime: Runtime,
  checking?: CheckOptions,
): Promise<Connection<C> & {readonly http: OpenedClient}> => {
  const {redactor, signal, log, clock} = runtime;
  const schema = source.spec.connectionSpecification;
  const read = await readConfig();
  const given = isObject(read) ? withoutInternalKeys(read) : read;
  const {config: resolved, values} = await resolve(schema, given, runtime);
  const config = validateConfig<C>(schema, resolved, [...values.values()]);
  const options = source.connect?.(config) ?? {};
  const http = openHttpClient(
    {
      ...options,
      retry: {...options.retry, ...checking?.retry},
      timeouts: {...options.timeouts, ...checking?.timeouts},
    },
    {
      signal,
      log,
      clock,
      redact: redactor.redact,
      ...(checking && {urlFields: urlFieldsOf(source, config)}),
      onSecret: (secret) => redactor.add([secret]),
      onRotated: rotationAnnouncer(isObject(given) ? given : {}, values, runtime),
    },
  );
  return {config, http};
};

/** Converts the type only: every config was parsed from JSON. */
export const jsonOf = (config: object): JsonObject => (isObject(config) ? config : {});

export const concurrencyOf = <C extends object>(
  {name, concurrency}: Source<C>,
  config: C,
): number | undefined => {
  const declared = typeof concurrency === 'function' ? concurrency(config) : concurrency;
  if (declared === undefined || (Number.isInteger(declared) && declared >= 1)) return declared;
  throw new SystemError(
    `The concurrency of source ${name} is ${declared}, but must be a whole number, 1 or more. Correct it in the source.`,
  );
};

/** Returns the source's streams. Their names must differ, because catalogs and states use them as keys. */
export const streamsOf = async <C extends object>(
  source: Source<C>,
  {config, http}: Connection<C>,
  signal: AbortSignal,
): Promise<readonly Stream[]> => {
  const streams = await unlessAborted(Promise.resolve(source.streams({config, http})), signal);
  const names = streams.map(({name}) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new SystemError(`Two streams are named ${twice}: rename one.`);
  return streams;
};
