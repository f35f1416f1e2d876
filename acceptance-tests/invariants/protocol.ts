// Messages as the protocol defines them.

import {readFileSync} from 'node:fs';
import {Ajv, type ErrorObject} from 'ajv';
import addFormats from 'ajv-formats';
import {isObject} from '../../cdk/json/values.ts';
import type {Invariant} from './invariant.ts';

/** The schema is Airbyte's, not the kit's; of the kit's files only this one is read, as data. */
const SCHEMA = new URL('../../cdk/protocol/airbyte.schema.json', import.meta.url);

const compile = () => {
  const schema: unknown = JSON.parse(readFileSync(SCHEMA, 'utf8'));
  if (!isObject(schema)) throw new Error(`${SCHEMA.pathname} is no JSON schema.`);
  const ajv = new Ajv({allErrors: false});
  addFormats.default(ajv);
  ajv.addSchema(schema, 'protocol');
  return ajv.compile({$ref: 'protocol#/definitions/AirbyteMessage'});
};

let compiled: ReturnType<typeof compile> | undefined;

/** The first problem in words; `if` only says that a `then` failed. */
const problemOf = (errors: readonly ErrorObject[] | null | undefined): string => {
  const [error] = (errors ?? []).filter(({keyword}) => keyword !== 'if');
  if (error === undefined) return 'it is invalid';
  const allowed: unknown = error.params['allowedValues'];
  const values = Array.isArray(allowed) ? `: ${allowed.join(', ')}` : '';
  return `${error.instancePath || '/'} ${error.message ?? 'is invalid'}${values}`;
};

/** Messages that clients read field by field, and fail at a null. */
const NULLS = new Set(['CATALOG', 'SPEC', 'STATE']);

/** Below these keys null is a value like any other: schemas and state are the connector's own. */
const OWN = new Set([
  'json_schema',
  'connectionSpecification',
  'stream_state',
  'shared_state',
  'data',
]);

/** A message as it were if its optional fields that are null were absent. */
const withoutNulls = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([, inside]) => inside !== null);
  return Object.fromEntries(
    entries.map(([key, inside]) => [key, OWN.has(key) ? inside : withoutNulls(inside)]),
  );
};

export const protocolSchema: Invariant = {
  name: 'protocol-schema',
  about: "Every message is valid against Airbyte's schema.",
  watch: (_about, tell) => {
    compiled ??= compile();
    const isValid = compiled;
    return {
      message: ({json, type}) => {
        if (isValid(json)) return;
        const problem = problemOf(isValid.errors);
        // Nulls are told by themselves.
        if (NULLS.has(type) && isValid(withoutNulls(json))) return;
        tell({
          reason: `A ${type} message is not as the protocol defines it: ${problem}.`,
          advice:
            'Print it as airbyte_protocol.yaml has it; the platform drops what it cannot read.',
        });
      },
    };
  },
};

/** From 1973 to the year 5138 in milliseconds: seconds are less, microseconds more. */
const isMilliseconds = (value: unknown): boolean =>
  typeof value === 'number' && value >= 1e11 && value < 1e14;

export const emittedAt: Invariant = {
  name: 'emitted-at',
  about: '`emitted_at` is in milliseconds since 1970.',
  watch: (_about, tell) => ({
    message: ({payload}) => {
      const value = payload['emitted_at'];
      // What is no number is told by the schema.
      if (typeof value !== 'number' || isMilliseconds(value)) return;
      tell({
        reason: `\`emitted_at\` is ${value}, which is no time in milliseconds.`,
        advice: 'Give milliseconds since 1970 as a number, such as 1767225600000.',
      });
    },
  }),
};

const HAS_NULL = /null/;

/** The path to the first null that stands where the protocol has an optional field. */
const nullIn = (value: unknown, path: string): string | undefined => {
  if (value === null) return path;
  if (typeof value !== 'object') return undefined;
  for (const [key, inside] of Object.entries(value)) {
    const below = `${path}/${key}`;
    const found = OWN.has(key) && inside !== null ? undefined : nullIn(inside, below);
    if (found !== undefined) return found;
  }
  return undefined;
};

export const noNulls: Invariant = {
  name: 'no-explicit-nulls',
  about: 'Optional fields of CATALOG, SPEC and STATE that have no value are absent, not null.',
  watch: (_about, tell) => ({
    message: ({type, payload, text}) => {
      if (!NULLS.has(type)) return;
      const found = HAS_NULL.test(text) ? nullIn(payload, '') : undefined;
      if (found === undefined) return;
      tell({
        reason: `A ${type} message has null at ${found}.`,
        advice: 'Leave the field out: tap-airbyte and others fail at a null they do not expect.',
        of: type,
      });
    },
  }),
};
