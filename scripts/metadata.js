// Merges metadata.yaml (shared by all connectors) with sources/<source>/metadata.yaml and checks the result:
//   node scripts/metadata.js                       checks every source
//   node scripts/metadata.js <source>              prints the merged metadata
//   node scripts/metadata.js <source> --tag 1.2.3  fails also if that is not its dockerImageTag
import {access, readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';
import {Ajv} from 'ajv';
import addFormats from 'ajv-formats';
import {parseDocument, stringify} from 'yaml';
import schema from './metadata.schema.json' with {type: 'json'};

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SHARED = 'metadata.yaml';
const ownFile = (source) => `sources/${source}/metadata.yaml`;

const ajv = new Ajv({allErrors: true, verbose: true});
addFormats(ajv);
const isMetadata = ajv.compile(schema);

const isMapping = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);

/** Merges deeply. `own` wins, and its lists replace shared ones. */
const merge = (shared, own) => {
  if (!isMapping(shared) || !isMapping(own)) return own === undefined ? shared : own;
  const keys = new Set([...Object.keys(shared), ...Object.keys(own)]);
  return Object.fromEntries([...keys].map((key) => [key, merge(shared[key], own[key])]));
};

const exists = (path) =>
  access(join(ROOT, path)).then(
    () => true,
    () => false,
  );

export const listSources = async () => {
  const entries = await readdir(join(ROOT, 'sources'), {withFileTypes: true});
  return entries.filter((entry) => entry.isDirectory()).map(({name}) => name);
};

/** Fails with all names unless `source` is one of them. */
export const assertSource = async (source) => {
  const sources = await listSources();
  if (sources.includes(source)) return;
  const given = source ? `There is no source "${source}"` : 'Name a source';
  throw new Error(`${given}; there are: ${sources.join(', ')}.`);
};

/** `what` is the rest of a sentence that begins with the name of the field. */
const problem = (path, what) => ({path, what});

const childOf = ({instancePath}, key) => [...instancePath.split('/').slice(1), key];

const describe = (error) => {
  const path = error.instancePath.split('/').slice(1);
  const value = JSON.stringify(error.data);
  switch (error.keyword) {
    case 'required':
      return problem(
        childOf(error, error.params.missingProperty),
        `is missing: add it here, or to ${SHARED} if it is the same for all connectors`,
      );
    case 'additionalProperties':
      return problem(
        childOf(error, error.params.additionalProperty),
        'is not a field that Airbyte knows for a source: correct its spelling or remove it',
      );
    case 'enum':
      return problem(path, `is ${value}; it must be one of ${error.schema.join(', ')}`);
    default:
      return problem(
        path,
        `is ${value}; it ${error.parentSchema.description ? `must be ${error.parentSchema.description}` : error.message}`,
      );
  }
};

/** Checks the fields that must agree with the folder and package.json. */
const disagreements = async (source, data) => {
  const {version: released} = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  const plain = (name) => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const rules = {
    connectorType: [(type) => type === 'source', 'source'],
    name: [(name) => plain(name) === plain(source), `${source}, as people write it`],
    // The same as in the Dockerfile.
    dockerRepository: [
      (name) => name === `headwater/source-${source}`,
      `headwater/source-${source}`,
    ],
    githubIssueLabel: [(label) => label === `source-${source}`, `source-${source}`],
    documentationUrl: [(to) => to.endsWith(`/sources/${source}`), `https://…/sources/${source}`],
    dockerImageTag: [(tag) => tag === released, `${released}, as in package.json`],
  };
  return Object.entries(rules).flatMap(([field, [agrees, expected]]) => {
    const value = String(data[field]);
    return agrees(value) ? [] : problem(['data', field], `is ${value}; it must be ${expected}`);
  });
};

const unknownStreams = async (source, data) => {
  const suggested = data.suggestedStreams?.streams;
  if (!Array.isArray(suggested)) return [];
  const known = await Promise.all(
    suggested.map((stream) => exists(`sources/${source}/schemas/${stream}.json`)),
  );
  return suggested.flatMap((stream, index) =>
    known[index]
      ? []
      : problem(
          ['data', 'suggestedStreams', 'streams', String(index)],
          `is ${JSON.stringify(stream)}, but there is no sources/${source}/schemas/${stream}.json: correct the name or remove it`,
        ),
  );
};

/** Airbyte identifies a connector by its id; a copied folder still has the old one. */
const sharedIds = async (source, data) => {
  const others = (await listSources()).filter((name) => name !== source);
  const files = await Promise.all(
    others.map((name) => readFile(join(ROOT, ownFile(name)), 'utf8').catch(() => '')),
  );
  const twin = others.find((_, index) => files[index].includes(String(data.definitionId)));
  return twin === undefined
    ? []
    : [
        problem(
          ['data', 'definitionId'],
          `is also that of ${twin}: make a new one with \`uuidgen\``,
        ),
      ];
};

const read = async (path) => {
  if (!(await exists(path))) throw new Error(`${path} does not exist: create it.`);
  const document = parseDocument(await readFile(join(ROOT, path), 'utf8'));
  const [error] = document.errors;
  if (error !== undefined)
    throw new Error(`${path} is not valid YAML: ${error.message.split(':\n')[0]}.`);
  return document;
};

/** A source's merged metadata; throws an error with a line for each field that is wrong. */
export const loadMetadata = async (source) => {
  await assertSource(source);
  const [shared, own] = [await read(SHARED), await read(ownFile(source))];
  const metadata = merge(shared.toJS(), own.toJS() ?? {});
  const checks = isMapping(metadata.data) ? [disagreements, unknownStreams, sharedIds] : [];
  const problems = [
    ...(isMetadata(metadata) ? [] : isMetadata.errors.map(describe)),
    ...(await Promise.all(checks.map((check) => check(source, metadata.data)))).flat(),
  ];
  if (problems.length === 0) return metadata;
  // A field that is in neither file belongs into the source's.
  const fileOf = (path) => (!own.hasIn(path) && shared.hasIn(path) ? SHARED : ownFile(source));
  // The first problem of a field is the plainest: that it is missing, or not even a string.
  const lines = new Map();
  for (const {path, what} of problems) {
    const field = path.join('.') || 'the document';
    if (!lines.has(field)) lines.set(field, `${fileOf(path)}: ${field} ${what}.`);
  }
  throw new Error([...lines.values()].join('\n'));
};

/** Reports each problem once, because a shared field is wrong for all sources. */
const checkAll = async () => {
  const sources = await listSources();
  const results = await Promise.allSettled(sources.map(loadMetadata));
  const lines = results.flatMap(({reason}) => reason?.message.split('\n') ?? []);
  if (lines.length > 0) throw new Error([...new Set(lines)].join('\n'));
  console.log(`Metadata is valid: ${sources.join(', ')}.`);
};

const main = async () => {
  const {values, positionals} = parseArgs({
    options: {tag: {type: 'string'}},
    allowPositionals: true,
  });
  const [source] = positionals;
  if (source === undefined && values.tag === undefined) return checkAll();
  const metadata = await loadMetadata(source);
  const {dockerImageTag} = metadata.data;
  if (values.tag !== undefined && values.tag !== dockerImageTag) {
    throw new Error(
      `The image should be built as version ${values.tag}, but ${SHARED} says data.dockerImageTag ${dockerImageTag}: make the two agree.`,
    );
  }
  process.stdout.write(stringify(metadata));
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main().catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
