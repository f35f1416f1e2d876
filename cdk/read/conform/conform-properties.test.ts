// What must hold for any schema and any record.
import {describe, expect, test} from '@jest/globals';
import {Ajv} from 'ajv';
import fc from 'fast-check';
import {inThisRun} from '../../../test/cases.ts';
import {compileConform} from './conform.ts';

const NAMES = ['a', 'b', 'c'];
const SCALARS = ['string', 'integer', 'number', 'boolean'];

/** Schemas as Airbyte has them: everything may be null. */
const {schema} = fc.letrec<{schema: object; object: object}>((tie) => ({
  schema: fc.oneof(
    {maxDepth: 3, depthSize: 'small'},
    fc.subarray(SCALARS, {minLength: 1}).map((types): object => ({type: ['null', ...types]})),
    tie('object'),
    tie('schema').map((items) => ({type: ['null', 'array'], items})),
    tie('schema').map((additionalProperties) => ({type: ['object', 'null'], additionalProperties})),
    fc
      .array(tie('schema'), {minLength: 1, maxLength: 3})
      .map((options) => ({anyOf: [...options, {type: 'null'}]})),
    fc.constant({}),
  ),
  object: fc
    .dictionary(fc.constantFrom(...NAMES), tie('schema'), {maxKeys: 3})
    .map((properties) => ({type: ['null', 'object'], properties})),
}));
const objectSchema = fc
  .dictionary(fc.constantFrom(...NAMES), schema, {minKeys: 1, maxKeys: 3})
  .map((properties) => ({type: 'object', properties}));

/** JSON values, many of them nearly of another type. */
const {value} = fc.letrec<{value: unknown}>((tie) => ({
  value: fc.oneof(
    {maxDepth: 4},
    fc.constantFrom<unknown[]>(
      '12',
      '1.50',
      '007',
      '9007199254740993',
      'true',
      '',
      '[]',
      '{"a":"1"}',
    ),
    fc.constantFrom<unknown[]>(null, true, 0, 1, 2.5),
    fc.double({noNaN: true, noDefaultInfinity: true}),
    fc.string(),
    fc.array(tie('value'), {maxLength: 3}),
    fc.dictionary(fc.constantFrom(...NAMES, 'unknown'), tie('value'), {maxKeys: 3}),
  ),
}));
const record = fc.dictionary(fc.constantFrom(...NAMES, 'unknown'), value, {minKeys: 1, maxKeys: 4});

const frozen = <T>(part: T): T => {
  if (typeof part === 'object' && part !== null) Object.values(part).forEach(frozen);
  return Object.freeze(part);
};

const printed = (part: object): unknown => JSON.parse(JSON.stringify(part));

const compile = (from: object) => {
  const {apply} = compileConform({...from}, {types: 'as-declared'});
  const isValid = new Ajv({strict: false}).compile(from);
  return {apply, isValid};
};

type Compiled = ReturnType<typeof compile>;

const holds = (check: (compiled: Compiled, given: Record<string, unknown>) => void): void => {
  const records = fc.array(record, {minLength: 10, maxLength: 10});
  fc.assert(
    fc.property(objectSchema, records, (from, all) => {
      const compiled = compile(from);
      for (const given of all) check(compiled, given);
    }),
    {numRuns: inThisRun({quick: 30, full: 100})},
  );
};

/** Where a value is null, as changes name it. */
const nullPaths = (part: unknown, path: string): readonly string[] => {
  if (part === null) return [path];
  if (Array.isArray(part)) return part.flatMap((item, n) => nullPaths(item, `${path}[${n}]`));
  return typeof part === 'object'
    ? Object.entries(part).flatMap(([name, child]) =>
        nullPaths(child, path === '' ? name : `${path}.${name}`),
      )
    : [];
};

describe('any record of any schema', () => {
  test('is valid by its schema once it is conformed', () => {
    holds(({apply, isValid}, given) => {
      expect([isValid(printed(apply(given).record)), isValid.errors]).toEqual([true, null]);
    });
  });

  test('is the very same object if it was valid', () => {
    holds(({apply, isValid}, given) => {
      if (isValid(given)) expect(apply(given).record).toBe(given);
    });
  });

  test('has a change for each value that became null, and for no other', () => {
    holds(({apply}, given) => {
      const {record: after, changes = []} = apply(given);
      const before = new Set(nullPaths(given, ''));
      const lost = nullPaths(after, '').filter((path) => !before.has(path));
      expect(changes.map(({field}) => field).toSorted()).toEqual(lost.toSorted());
    });
  });

  test('does not change a second time', () => {
    holds(({apply}, given) => {
      const once = apply(given).record;
      const twice = apply(once);
      expect(twice).toEqual({record: once});
      expect(twice.record).toBe(once);
    });
  });

  test('is never changed itself', () => {
    holds(({apply}, given) => {
      const before = structuredClone(given);
      apply(frozen(given));
      expect(given).toEqual(before);
    });
  });
});
