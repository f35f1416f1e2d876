// Makes the TypeScript types of each JSON Schema, so that types and `discover` cannot disagree:
//   sources/<name>/schemas/<stream>.json -> sources/<name>/generated/<stream>.ts  (record type + typed schema)
//   sources/<name>/spec.json             -> sources/<name>/generated/spec.ts      (config type + typed spec)
import {glob, mkdir, readFile, writeFile} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';
import {Ajv} from 'ajv';
import {compile} from 'json-schema-to-typescript';
import {UsageError} from '../../process/errors.ts';
import {closed, type JsonSchema, withDefaultsPresent} from './schema.ts';

/** The text of a file, with its path below the repository. */
type Generated = {readonly path: string; readonly code: string};

/** Makes the TypeScript types of a schema. */
export const typesOf = async (schema: JsonSchema, typeName: string): Promise<string> => {
  const types = await compile(schema, typeName, {
    bannerComment: '',
    style: {singleQuote: true, printWidth: 100, bracketSpacing: false},
  });
  return types.trim();
};

/** `issue_comments` -> `issueComments`. */
const camelCase = (name: string): string =>
  name.replace(/[-_](\w)/g, (_, letter: string) => letter.toUpperCase());

type Typed = {
  readonly schema: JsonSchema;
  readonly typeName: string;
  readonly valueName: string;
  readonly kind: 'Schema' | 'Spec';
  readonly from: string;
};

const typed = async ({schema, typeName, valueName, kind, from}: Typed): Promise<string> =>
  [
    `// From ${from} by \`npm run generate\`.`,
    `import type {${kind}} from 'headwater';`,
    `import json from '${from}' with {type: 'json'};`,
    '',
    await typesOf({...schema, title: typeName}, typeName),
    '',
    `export const ${valueName}: ${kind}<${typeName}> = json;`,
    '',
  ].join('\n');

const ajv = new Ajv({allErrors: true, strict: false});

/** Checked here, because at run time it would take as long as the rest of the start. */
const assertSchema = (path: string, schema: JsonSchema): void => {
  if (ajv.validateSchema(Object.fromEntries(Object.entries(schema)))) return;
  const faults = ajv.errorsText(ajv.errors, {dataVar: 'schema'});
  throw new UsageError(`${path} is not a JSON Schema of draft-07: ${faults}.`);
};

type Generator = (path: string, json: JsonSchema) => Promise<Generated>;

const streamTypes: Generator = async (path, schema) => {
  const name = basename(path, '.json');
  assertSchema(path, schema);
  const {title = ''} = schema;
  if (!/^[A-Z]\w*$/.test(title)) {
    throw new UsageError(
      `${path}: give it a "title" that names one record in PascalCase, such as "Issue"; it names the type.`,
    );
  }
  return {
    path: join(dirname(path), '../generated', `${name.replaceAll('_', '-')}.ts`),
    code: await typed({
      schema: closed(schema),
      typeName: title,
      valueName: camelCase(name),
      kind: 'Schema',
      from: `../schemas/${name}.json`,
    }),
  };
};

const specTypes: Generator = async (path, spec) => {
  const {connectionSpecification = {}} = spec;
  assertSchema(path, connectionSpecification);
  return {
    path: join(dirname(path), 'generated/spec.ts'),
    code: await typed({
      schema: closed(withDefaultsPresent(connectionSpecification)),
      typeName: 'Config',
      valueName: 'spec',
      kind: 'Spec',
      from: '../spec.json',
    }),
  };
};

const GENERATORS: readonly (readonly [string, Generator])[] = [
  ['sources/*/spec.json', specTypes],
  ['sources/*/schemas/*.json', streamTypes],
];

/** Writes a file, or does nothing if `write` is false. Returns false if it was up to date. */
export const isStale = async (
  root: string,
  {path, code}: Generated,
  {write}: {readonly write: boolean},
): Promise<boolean> => {
  const target = join(root, path);
  const current = await readFile(target, 'utf8').catch(() => undefined);
  if (current === code) return false;
  if (write) {
    await mkdir(dirname(target), {recursive: true});
    await writeFile(target, code);
  }
  return true;
};

/** Makes the types of all sources of a repository. Returns the paths of those that were not up to date. */
export const staleFiles = async (
  root: string,
  how: {readonly write: boolean},
): Promise<readonly string[]> => {
  const stale: string[] = [];
  for (const [pattern, generate] of GENERATORS) {
    for await (const path of glob(pattern, {cwd: root})) {
      const generated = await generate(path, JSON.parse(await readFile(join(root, path), 'utf8')));
      if (await isStale(root, generated, how)) stale.push(generated.path);
    }
  }
  return stale;
};
