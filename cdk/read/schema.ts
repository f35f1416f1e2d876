// The schema of a stream as its author declared it: an object, or a function that may request it.
import {unlessAborted} from '../abort.ts';
import type {SchemaContext, Stream} from '../author/stream-types.ts';
import {errorOf, failureTypeOf, SystemError} from '../errors.ts';
import {isObject, type JsonObject, kindOf} from '../json/values.ts';
import {userMessage} from './failures.ts';

/** @throws an error that names the stream, if `schema` is a function and fails */
export const declaredSchema = async (
  {name, schema}: Pick<Stream, 'name' | 'schema'>,
  context: SchemaContext,
): Promise<JsonObject> => {
  if (typeof schema !== 'function') return schema;
  const load = async (): Promise<JsonObject> => {
    const loaded: unknown = await schema(context);
    if (isObject(loaded)) return loaded;
    throw new SystemError(
      `the function returned ${kindOf(loaded)}, but a JSON Schema is an object. Correct \`schema\` in the source.`,
    );
  };
  const {signal} = context;
  try {
    return await unlessAborted(load(), signal);
  } catch (cause) {
    signal.throwIfAborted();
    throw errorOf(
      failureTypeOf(cause),
      `The schema of stream ${name} is not known: ${userMessage(cause)}`,
      {cause},
    );
  }
};
