// Merges metadata.yaml (shared by all connectors) with sources/<source>/metadata.yaml and checks the result.
import {access, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {Ajv, type ErrorObject} from 'ajv';
import addFormats from 'ajv-formats';
import {type Document, parseDocument} from 'yaml';
import schema from '../../acceptance-tests/metadata/metadata.schema.json' with {type: 'json'};
import {UsageError} from '../../process/errors.ts';
import {assertSource, manifestOf, sourcesOf} from '../../process/project.ts';

/** The merged metadata; the schema says what else there is. */
export type Metadata = {
  readonly data: {
    readonly name: string;
    readonly dockerRepository: string;
    readonly dockerImageTag: string;
    readonly license: string;
    readonly documentationUrl: string;
  };
};

type Mapping = {readonly [key: string]: unknown};
/** `what` is the rest of a sentence that begins with the name of the field. */
type Problem = {readonly path: readonly string[]; readonly what: string};
/** A source in a repository. */
type Place = {readonly root: string; readonly source: string};

const SHARED = 'metadata.yaml';
const ownFile = (source: string): string => `sources/${source}/metadata.yaml`;

const ajv = new Ajv({allErrors: true, verbose: true});
addFormats.default(ajv);
const isMetadata = ajv.compile<Metadata>(schema);

const isMapping = (value: unknown): value is Mapping =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** Merges deeply. `own` wins, and its lists replace shared ones. */
const merge = (shared: unknown, own: unknown): unknown => {
  if (!isMapping(shared) || !isMapping(own)) return own === undefined ? shared : own;
  const keys = new Set([...Object.keys(shared), ...Object.keys(own)]);
  return Object.fromEntries([...keys].map((key) => [key, merge(shared[key], own[key])]));
};

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

const problem = (path: readonly string[], what: string): Problem => ({path, what});

const childOf = ({instancePath}: ErrorObject, key: string): readonly string[] => [
  ...instancePath.split('/').slice(1),
  key,
];

const describe = (error: ErrorObject): Problem => {
  const path = error.instancePath.split('/').slice(1);
  const value = JSON.stringify(error.data);
  switch (error.keyword) {
    case 'required':
      return problem(
        childOf(error, error.params['missingProperty']),
        `is missing: add it here, or to ${SHARED} if it is the same for all connectors`,
      );
    case 'additionalProperties':
      return problem(
        childOf(error, error.params['additionalProperty']),
        'is not a field that Airbyte knows for a source: correct its spelling or remove it',
      );
    case 'enum':
      return problem(path, `is ${value}; it must be one of ${[error.schema].flat().join(', ')}`);
    default: {
      const {description} = error.parentSchema ?? {};
      return problem(
        path,
        `is ${value}; it ${description ? `must be ${description}` : error.message}`,
      );
    }
  }
};

/** Checks the fields that must agree with the folder and package.json. */
const disagreements = async ({root, source}: Place, data: Mapping): Promise<readonly Problem[]> => {
  const {version} = await manifestOf(root);
  const plain = (name: string) => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const rules: Readonly<Record<string, readonly [(value: string) => boolean, string]>> = {
    connectorType: [(type) => type === 'source', 'source'],
    name: [(name) => plain(name) === plain(source), `${source}, as people write it`],
    dockerRepository: [(name) => name.endsWith(`/source-${source}`), `…/source-${source}`],
    githubIssueLabel: [(label) => label === `source-${source}`, `source-${source}`],
    documentationUrl: [(to) => to.endsWith(`/sources/${source}`), `https://…/sources/${source}`],
    dockerImageTag: [(tag) => tag === version, `${version}, as in package.json`],
  };
  return Object.entries(rules).flatMap(([field, [agrees, expected]]) => {
    const value = String(data[field]);
    return agrees(value) ? [] : problem(['data', field], `is ${value}; it must be ${expected}`);
  });
};

const unknownStreams = async (
  {root, source}: Place,
  data: Mapping,
): Promise<readonly Problem[]> => {
  const suggested: unknown = Object(data['suggestedStreams']).streams;
  if (!Array.isArray(suggested)) return [];
  const known = await Promise.all(
    suggested.map((stream) => exists(join(root, `sources/${source}/schemas/${stream}.json`))),
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
const sharedIds = async ({root, source}: Place, data: Mapping): Promise<readonly Problem[]> => {
  const others = (await sourcesOf(root)).filter((name) => name !== source);
  const files = await Promise.all(
    others.map((name) => readFile(join(root, ownFile(name)), 'utf8').catch(() => '')),
  );
  const twin = others.find((_, index) => files[index]?.includes(String(data['definitionId'])));
  return twin === undefined
    ? []
    : [
        problem(
          ['data', 'definitionId'],
          `is also that of ${twin}: make a new one with \`uuidgen\``,
        ),
      ];
};

const read = async (root: string, path: string): Promise<Document> => {
  const text = await readFile(join(root, path), 'utf8').catch(() => undefined);
  if (text === undefined) throw new UsageError(`${path} does not exist: create it.`);
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined)
    throw new UsageError(`${path} is not valid YAML: ${error.message.split(':\n')[0]}.`);
  return document;
};

const problemsOf = async (place: Place, metadata: unknown): Promise<readonly Problem[]> => {
  const data = isMapping(metadata) ? metadata['data'] : undefined;
  const checks = isMapping(data)
    ? [disagreements(place, data), unknownStreams(place, data), sharedIds(place, data)]
    : [];
  const faults = isMetadata(metadata) ? [] : (isMetadata.errors ?? []);
  return [...faults.map(describe), ...(await Promise.all(checks)).flat()];
};

/** A source's merged metadata; throws a UsageError with a line for each field that is wrong. */
export const loadMetadata = async (root: string, source: string): Promise<Metadata> => {
  await assertSource(root, source);
  const [shared, own] = [await read(root, SHARED), await read(root, ownFile(source))];
  const metadata = merge(shared.toJS(), own.toJS() ?? {});
  const problems = await problemsOf({root, source}, metadata);
  if (problems.length === 0 && isMetadata(metadata)) return metadata;
  // A field that is in neither file belongs into the source's.
  const fileOf = (path: readonly string[]) =>
    !own.hasIn(path) && shared.hasIn(path) ? SHARED : ownFile(source);
  // The first problem of a field is the plainest: that it is missing, or not even a string.
  const lines = new Map<string, string>();
  for (const {path, what} of problems) {
    const field = path.join('.') || 'the document';
    if (!lines.has(field)) lines.set(field, `${fileOf(path)}: ${field} ${what}.`);
  }
  throw new UsageError([...lines.values()].join('\n'));
};
