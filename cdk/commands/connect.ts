import {SystemError} from '../errors.ts';
import {openHttpClient} from '../http/client.ts';
import type {RetryPolicy} from '../http/retry.ts';
import {validateConfig} from '../protocol/config.ts';
import {secretValues} from '../protocol/secrets.ts';
import type {Connection, Source, Stream} from '../source.ts';
import type {Input, Runtime} from './command.ts';

/** A valid config and a client for the API it points to. */
export const connect = async <C extends object>(
  source: Source<C>,
  readConfig: Input,
  {redactor, signal, log}: Runtime,
  retry?: Partial<RetryPolicy>,
): Promise<Connection<C> & {readonly close: () => Promise<void>}> => {
  const schema = source.spec.connectionSpecification;
  const given = await readConfig();
  redactor.add(secretValues(schema, given));
  const config = validateConfig<C>(schema, given);
  const options = source.connect?.(config) ?? {};
  const http = openHttpClient({...options, retry: {...options.retry, ...retry}}, {signal, log});
  return {config, http, close: http.close};
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
