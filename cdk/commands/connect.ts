import {SystemError} from '../errors.ts';
import {type HttpRuntime, openHttpClient} from '../http/client.ts';
import type {RetryPolicy} from '../http/retry.ts';
import {isObject} from '../json.ts';
import {validateConfig} from '../protocol/config.ts';
import {secretValues} from '../protocol/secrets.ts';
import type {Connection, Source, Stream} from '../source.ts';
import type {Input, Runtime} from './command.ts';
import {rotationTeller} from './rotation.ts';

/** How a command takes waiting. */
type Patience = {
  readonly retry?: Partial<RetryPolicy>;
  readonly onWait?: HttpRuntime['onWait'];
  readonly caller?: HttpRuntime['caller'];
  readonly aside?: HttpRuntime['aside'];
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
  const given = await readConfig();
  redactor.add(secretValues(schema, given));
  const config = validateConfig<C>(schema, given);
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
      onRotated: rotationTeller(isObject(given) ? given : {}, runtime),
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
