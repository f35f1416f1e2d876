import type {Connection, Source, Stream} from '../author/source.ts';
import {SystemError} from '../errors.ts';
import {type HttpRuntime, openHttpClient} from '../http/client.ts';
import type {RetryPolicy} from '../http/limits/retry.ts';
import {isObject} from '../json/values.ts';
import {validateConfig, withoutInternalKeys} from '../protocol/config.ts';
import {secretValues} from '../protocol/secrets.ts';
import {parseReference} from '../secrets/reference.ts';
import {type Resolved, resolveReferences} from '../secrets/resolve.ts';
import type {Input, Runtime} from './command.ts';
import {rotationTeller} from './rotation.ts';

/** How a command takes waiting. */
type Patience = {
  readonly retry?: Partial<RetryPolicy>;
  readonly onWait?: HttpRuntime['onWait'];
  readonly caller?: HttpRuntime['caller'];
  readonly aside?: HttpRuntime['aside'];
};

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

/** What a command has, once it is connected. */
type Connected<C> = Connection<C> &
  Pick<ReturnType<typeof openHttpClient>, 'totals' | 'underWay' | 'close'> & {
    /** How many slices are read at once, where the source says so. */
    readonly concurrency?: number;
  };

/** A valid config and a client for the API it points to. */
export const connect = async <C extends object>(
  source: Source<C>,
  readConfig: Input,
  runtime: Runtime,
  {retry, onWait, caller, aside}: Patience = {},
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
      ...(clock && {clock}),
      ...(onWait && {onWait}),
      ...(caller && {caller}),
      ...(aside && {aside}),
      onSecret: (secret) => redactor.add([secret]),
      onRotated: rotationTeller(isObject(given) ? given : {}, values, runtime),
    },
  );
  const {concurrency} = options;
  return {
    config,
    http,
    totals: http.totals,
    underWay: http.underWay,
    close: http.close,
    ...(concurrency !== undefined && {concurrency}),
  };
};

/** The source's streams, whose names must differ: catalogs and states know them by name. */
export const streamsOf = <C extends object>(
  source: Source<C>,
  connection: Connection<C>,
): readonly Stream[] => {
  const streams = source.streams(connection);
  const names = streams.map(({name}) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new SystemError(`Two streams are called ${twice}: rename one.`);
  return streams;
};
