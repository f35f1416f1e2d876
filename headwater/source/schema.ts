// `headwater schema`: compares the schema of a stream with its records, and writes what is missing.
import {mkdir, stat} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {objectAt} from '../../cdk/json/at.ts';
import {isObject, type JsonObject} from '../../cdk/json/values.ts';
import {EXIT_FAILURE} from '../../process/command-line.ts';
import {UsageError} from '../../process/errors.ts';
import {harmless} from '../../process/terminal.ts';
import {readJsonFile, replaceFile} from '../../sync/landing/files.ts';
import type {CatalogStream} from '../../sync/protocol/catalog.ts';
import {count} from '../../sync/report/format.ts';
import {compare} from './compare.ts';
import {observeAll, type Seen} from './observe.ts';
import {sampleOf, withStream} from './sample.ts';
import {completedSchema, newSchema} from './schema-of.ts';
import type {Session, SourceFlags} from './session.ts';
import {fieldTable, keyFieldsOf, schemaOf} from './tables.ts';

export type SchemaFlags = SourceFlags & {
  /** The most records to look at. */
  readonly limit: number;
  /** Completes the file of the schema. */
  readonly write?: boolean;
  /** Prints the completed schema instead of the comparison. */
  readonly json?: boolean;
};

/** Formats need some values to be more than a coincidence. */
const FEW = 10;

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** The file of a stream's schema, in a folder that `headwater new` makes or that looks like it. */
const schemaFile = async ({source}: Session, stream: string): Promise<string> => {
  const folder = dirname(source.path);
  if (await exists(join(folder, 'spec.json'))) return join(folder, 'schemas', `${stream}.json`);
  throw new UsageError(
    `--write is for sources with their schemas in files: there is no spec.json in ${folder}. Use --json, which prints the schema.`,
  );
};

/** Keys and cursors are required if every record has them. */
const requiredOf = (stream: CatalogStream, seen: Seen, records: number): readonly string[] =>
  keyFieldsOf(stream).filter((name) => {
    const field = seen.fields.get(name);
    return field !== undefined && field.nulls === 0 && field.count === records;
  });

const isDeclared = (schema: JsonObject): boolean =>
  Object.keys(objectAt(schema, 'properties')).length > 0;

/** Short lists stay on one line. */
const print = (schema: JsonObject): string =>
  `${JSON.stringify(schema, null, 2).replaceAll(/\[\s+((?:"[^"\n]*",?\s+){1,6})\]/g, (_, items: string) => `[${items.trim().replaceAll(/\s*\n\s*/g, ' ')}]`)}\n`;

/** The fields that the kit adds to the schema in the file, such as a mark for deleted records. */
const fieldsOutside = (inFile: JsonObject, discovered: JsonObject): ReadonlySet<string> => {
  const own = objectAt(inFile, 'properties');
  return new Set(
    Object.keys(objectAt(discovered, 'properties')).filter((name) => !Object.hasOwn(own, name)),
  );
};

const writeSchema = async (
  path: string,
  stream: CatalogStream,
  seen: Seen,
  records: number,
): Promise<void> => {
  const {name} = stream.descriptor;
  const read = (await exists(path)) ? await readJsonFile('schema', path) : {};
  const inFile = isObject(read) ? read : {};
  const isComplete = isDeclared(inFile);
  const added = isComplete ? fieldsOutside(inFile, schemaOf(stream)) : new Set();
  const own = {...seen, fields: new Map([...seen.fields].filter(([field]) => !added.has(field)))};
  const made = newSchema(name, own, requiredOf(stream, own, records));
  const schema = isComplete
    ? completedSchema(inFile, own)
    : {...made, ...inFile, properties: made['properties']};
  await mkdir(dirname(path), {recursive: true});
  await replaceFile('schema', path, print(schema));
  process.stdout.write(`Wrote ${path}. Run \`npm run generate\` for its types.\n`);
};

const report = (stream: CatalogStream, seen: Seen, records: number, isWhole: boolean): boolean => {
  const {rows, findings} = compare(seen, schemaOf(stream));
  const few = records < FEW ? ' These are few, so types and formats are not certain.' : '';
  const lines = [
    `${stream.descriptor.name}: ${isWhole ? 'all' : 'the first'} ${count(records, 'record')}.${few}`,
    '',
    ...fieldTable(rows),
    '',
    ...findings.map(({level, text}) => harmless(`${level}: ${text}`)),
    ...(findings.some(({level}) => level !== 'note')
      ? ['--write adds and widens what is needed.']
      : ['The schema fits these records.']),
  ];
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
  return findings.every(({level}) => level !== 'error');
};

const printCompleted = (stream: CatalogStream, seen: Seen, records: number): void => {
  const declared = schemaOf(stream);
  const completed = isDeclared(declared)
    ? completedSchema(declared, seen)
    : newSchema(stream.descriptor.name, seen, requiredOf(stream, seen, records));
  process.stdout.write(print(completed));
};

export const schema = (
  first: string | undefined,
  second: string | undefined,
  {limit, write = false, json = false, ...flags}: SchemaFlags,
): Promise<number> =>
  withStream(first, second, flags, async (session, stream) => {
    const {name} = stream.descriptor;
    const file = write ? await schemaFile(session, name) : undefined;
    const {records, isWhole, problem} = await sampleOf(session, stream, limit);
    if (problem !== undefined) session.log(`error: ${problem}`);
    if (records.length === 0) {
      session.log(`error: ${name} has no records, so nothing can be said.`);
      return EXIT_FAILURE;
    }
    const seen = observeAll(records);
    let fits = true;
    if (file !== undefined) await writeSchema(file, stream, seen, records.length);
    else if (json) printCompleted(stream, seen, records.length);
    else fits = report(stream, seen, records.length, isWhole);
    return problem === undefined && fits ? 0 : EXIT_FAILURE;
  });
