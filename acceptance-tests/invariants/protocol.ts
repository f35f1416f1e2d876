// Messages must match the protocol's schema.

import {readFileSync} from 'node:fs';
import {Ajv, type ErrorObject} from 'ajv';
import addFormats from 'ajv-formats';
import {isObject} from '../../cdk/json/values.ts';
import type {Invariant} from './invariant.ts';

/** The schema is Airbyte's. It is the only file of the kit that is read here, as data. */
const SCHEMA = new URL('../../cdk/protocol/airbyte.schema.json', import.meta.url);

const compile = () => {
  const schema: unknown = JSON.parse(readFileSync(SCHEMA, 'utf8'));
  if (!isObject(schema)) throw new Error(`${SCHEMA.pathname} is not a JSON schema.`);
  const ajv = new Ajv({allErrors: false});
  addFormats.default(ajv);
  ajv.addSchema(schema, 'protocol');
  return ajv.compile({$ref: 'protocol#/definitions/AirbyteMessage'});
};

let compiled: ReturnType<typeof compile> | undefined;

/** Describes the first problem. Errors of `if` only repeat that a `then` failed. */
const problemOf = (errors: readonly ErrorObject[] | null | undefined): string => {
  const [error] = (errors ?? []).filter(({keyword}) => keyword !== 'if');
  if (error === undefined) return 'it is invalid';
  const allowed: unknown = error.params['allowedValues'];
  const values = Array.isArray(allowed) ? `: ${allowed.join(', ')}` : '';
  return `${error.instancePath || '/'} ${error.message ?? 'is invalid'}${values}`;
};

/** Messages that clients read field by field, and fail at a null. */
const NULLS = new Set(['CATALOG', 'SPEC', 'STATE']);

/** Below these keys null is an ordinary value: schemas and states are the connector's own. */
const OWN = new Set([
  'json_schema',
  'connectionSpecification',
  'stream_state',
  'shared_state',
  'data',
]);

/** A copy of a message without its optional fields that are null. */
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
  watch: (_about, report) => {
    compiled ??= compile();
    const isValid = compiled;
    return {
      message: ({json, type}) => {
        if (isValid(json)) return;
        const problem = problemOf(isValid.errors);
        // `no-explicit-nulls` reports nulls.
        if (NULLS.has(type) && isValid(withoutNulls(json))) return;
        report({
          reason: `A ${type} message does not match the protocol: ${problem}.`,
          advice:
            'Print it as defined in airbyte_protocol.yaml: the platform drops messages that it cannot read.',
        });
      },
    };
  },
};

/** From 1973 to the year 5138 in milliseconds: seconds are below, microseconds above. */
const isMilliseconds = (value: unknown): boolean =>
  typeof value === 'number' && value >= 1e11 && value < 1e14;

export const emittedAt: Invariant = {
  name: 'emitted-at',
  about: '`emitted_at` is in milliseconds since 1970.',
  watch: (_about, report) => ({
    message: ({payload}) => {
      const value = payload['emitted_at'];
      // `protocol-schema` reports a value that is not a number.
      if (typeof value !== 'number' || isMilliseconds(value)) return;
      report({
        reason: `\`emitted_at\` is ${value}, which is not a time in milliseconds.`,
        advice: 'Print milliseconds since 1970 as a number, such as 1767225600000.',
      });
    },
  }),
};

const HAS_NULL = /null/;

/** The path to the first null in an optional field of the protocol. */
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
  watch: (_about, report) => ({
    message: ({type, payload, text}) => {
      if (!NULLS.has(type)) return;
      const found = HAS_NULL.test(text) ? nullIn(payload, '') : undefined;
      if (found === undefined) return;
      report({
        reason: `A ${type} message has null at ${found}.`,
        advice:
          'Leave the field out: tap-airbyte and other clients fail at a null that they do not expect.',
        subject: type,
      });
    },
  }),
};
