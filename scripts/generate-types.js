// Writes the TypeScript types of each JSON Schema, so that types and `discover` cannot disagree:
//   sources/<name>/schemas/<stream>.json -> sources/<name>/generated/<stream>.ts  (record type + typed schema)
//   sources/<name>/spec.json             -> sources/<name>/generated/spec.ts      (config type + typed spec)
//   cdk/protocol/airbyte.schema.json     -> cdk/protocol/generated/airbyte.ts     (protocol messages)
// `--check` writes nothing and fails if a file is not up to date.
import {glob, mkdir, readFile, writeFile} from 'node:fs/promises';
import {basename, dirname, join} from 'node:path';
import {Ajv} from 'ajv';
import {compile} from 'json-schema-to-typescript';

const STYLE = {
  bannerComment: '',
  style: {singleQuote: true, printWidth: 100, bracketSpacing: false},
};

/** Applies `change` to every object schema inside `schema`, in a copy. */
const mapObjectSchemas = (schema, change) => {
  if (Array.isArray(schema)) return schema.map((item) => mapObjectSchemas(item, change));
  if (schema === null || typeof schema !== 'object') return schema;
  const copy = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, mapObjectSchemas(value, change)]),
  );
  return copy.properties === undefined ? copy : change(copy);
};

/**
 * Schemas allow undeclared fields, but types do not: with an index signature any misspelled name would compile. The type of
 * an object without declared fields stays open.
 */
const closed = (schema) =>
  mapObjectSchemas(schema, (object) => ({...object, additionalProperties: false}));

/** The kit fills in the defaults of a config before a source reads it, so a field with a default is never missing. */
const withDefaultsPresent = (schema) =>
  mapObjectSchemas(schema, (object) => ({
    ...object,
    required: [
      ...new Set([
        ...(object.required ?? []),
        ...Object.keys(object.properties).filter(
          (key) => object.properties[key]?.default !== undefined,
        ),
      ]),
    ],
  }));

const readJson = async (path) => JSON.parse(await readFile(path, 'utf8'));

/** `issue_comments.json` with title "Issue comment" -> type `IssueComment`, value `issueComments`. */
const camelCase = (name) => name.replace(/[-_](\w)/g, (_, letter) => letter.toUpperCase());

const typed = async ({schema, typeName, valueName, kind, from}) => {
  const types = await compile({...schema, title: typeName}, typeName, STYLE);
  return [
    `// From ${from} by \`npm run generate\`.`,
    `import type {${kind}} from '#cdk';`,
    `import json from '${from}' with {type: 'json'};`,
    '',
    types.trim(),
    '',
    `export const ${valueName}: ${kind}<${typeName}> = json;`,
    '',
  ].join('\n');
};

const ajv = new Ajv({allErrors: true, strict: false});

/** Checked here, because at run time it would take as long as the rest of the start. */
const assertSchema = (path, schema) => {
  if (ajv.validateSchema(schema)) return;
  const faults = ajv.errorsText(ajv.errors, {dataVar: 'schema'});
  throw new Error(`${path} is not a JSON Schema of draft-07: ${faults}.`);
};

const streamTypes = async (path) => {
  const schema = await readJson(path);
  const name = basename(path, '.json');
  assertSchema(path, schema);
  if (!/^[A-Z]\w*$/.test(schema.title ?? '')) {
    throw new Error(
      `${path}: give it a "title" that names one record in PascalCase, such as "Issue"; it names the type.`,
    );
  }
  return {
    path: join(dirname(path), '../generated', `${name.replaceAll('_', '-')}.ts`),
    code: await typed({
      schema: closed(schema),
      typeName: schema.title,
      valueName: camelCase(name),
      kind: 'Schema',
      from: `../schemas/${name}.json`,
    }),
  };
};

const specTypes = async (path) => {
  const {connectionSpecification} = await readJson(path);
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

const protocolTypes = async (path) => {
  // `allOf` only connects a message's payload with its type, which an interface can't express.
  const schema = mapObjectSchemas(
    await readJson(path),
    ({allOf: _conditions, ...object}) => object,
  );
  const types = await compile(closed(schema), 'AirbyteProtocol', STYLE);
  return {
    path: join(dirname(path), 'generated/airbyte.ts'),
    code: `// From ../airbyte.schema.json by \`npm run generate\`.\n\n${types.trim()}\n`,
  };
};

const generators = [
  ['cdk/protocol/airbyte.schema.json', protocolTypes],
  ['sources/*/spec.json', specTypes],
  ['sources/*/schemas/*.json', streamTypes],
];

const check = process.argv.includes('--check');
const stale = [];
for (const [pattern, generate] of generators) {
  for await (const source of glob(pattern)) {
    const {path, code} = await generate(source);
    const current = await readFile(path, 'utf8').catch(() => undefined);
    if (current === code) continue;
    stale.push(path);
    if (check) continue;
    await mkdir(dirname(path), {recursive: true});
    await writeFile(path, code);
  }
}
if (check && stale.length > 0) {
  console.error(
    `Not up to date with their JSON Schema: ${stale.join(', ')}. Run \`npm run generate\` and commit the result.`,
  );
  process.exitCode = 1;
}
