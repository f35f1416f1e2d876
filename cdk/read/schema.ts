// The schema of a stream as its author declared it: a value, or a function that asks the API.
import {unlessAborted} from '../abort.ts';
import type {SchemaContext, Stream} from '../author/stream-value.ts';
import {errorOf, failureTypeOf, SystemError} from '../errors.ts';
import {isObject, type JsonObject, kindOf} from '../json/values.ts';
import {userMessage} from './failures.ts';

/** Calls the function, if it is one. Its failure is an error that names the stream. */
export const declaredSchema = async (
  {name, schema}: Pick<Stream, 'name' | 'schema'>,
  context: SchemaContext,
): Promise<JsonObject> => {
  if (typeof schema !== 'function') return schema;
  const ask = async (): Promise<JsonObject> => {
    const asked: unknown = await schema(context);
    if (isObject(asked)) return asked;
    throw new SystemError(
      `the function returned ${kindOf(asked)}, but a JSON Schema is an object. Correct \`schema\` in the source.`,
    );
  };
  const {signal} = context;
  try {
    return await unlessAborted(ask(), signal);
  } catch (cause) {
    signal.throwIfAborted();
    throw errorOf(
      failureTypeOf(cause),
      `The schema of stream ${name} is not known: ${userMessage(cause)}`,
      {cause},
    );
  }
};
