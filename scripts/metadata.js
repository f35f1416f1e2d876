// Merges metadata.yaml (what connectors share) with sources/<source>/metadata.yaml and checks the result:
//   node scripts/metadata.js                       checks every source
//   node scripts/metadata.js <source>              prints the merged metadata
//   node scripts/metadata.js <source> --tag 1.2.3  fails, too, unless that is its dockerImageTag
import {access, readdir, readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';
import {Ajv} from 'ajv';
import addFormats from 'ajv-formats';
import {parseDocument, stringify} from 'yaml';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SHARED = 'metadata.yaml';
const ownFile = (source) => `sources/${source}/metadata.yaml`;

const object = (properties, required = []) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
  description: 'a mapping',
});
const listOf = (items) => ({type: 'array', items, description: 'a list'});
const oneOf = (...values) => ({enum: values});

// A `description` completes the sentence "it must be …".
const number = {type: 'integer', minimum: 0, description: 'a whole number in range'};
const flag = {type: 'boolean', description: 'true or false'};
const text = {type: 'string', minLength: 1, description: 'a text'};
const date = {type: 'string', format: 'date', description: 'a date such as "2026-01-31"'};
const uuid = {type: 'string', format: 'uuid', description: 'a UUID; `uuidgen` makes one'};
const url = {
  type: 'string',
  format: 'uri',
  pattern: '^https?://',
  description: 'a URL that starts with https://',
};
const version = {
  type: 'string',
  pattern: '^\\d+\\.\\d+\\.\\d+(-[0-9A-Za-z.-]+)?$',
  description: 'a version such as 1.2.3',
};
const repository = {
  type: 'string',
  pattern: '^[a-z0-9]+([._/-][a-z0-9]+)*$',
  description: 'the name of an image, without a tag',
};

const hosts = object({hosts: listOf(text)});
const streams = object({streams: listOf(text)});
const subtype = oneOf(
  ...['api', 'database', 'datalake', 'file', 'custom', 'message_queue', 'unknown', 'vectorstore'],
);
const resources = object({
  cpu_request: text,
  cpu_limit: text,
  memory_request: text,
  memory_limit: text,
});
const resourceRequirements = object({
  default: resources,
  jobSpecific: listOf(
    object(
      {
        jobType: oneOf(
          ...['get_spec', 'check_connection', 'discover_schema', 'sync', 'reset_connection'],
          ...['connection_updater', 'replicate'],
        ),
        resourceRequirements: resources,
      },
      ['jobType', 'resourceRequirements'],
    ),
  ),
});
const override = object(
  {
    enabled: flag,
    name: text,
    dockerRepository: repository,
    dockerImageTag: version,
    license: text,
    documentationUrl: url,
    connectorSubtype: subtype,
    allowedHosts: hosts,
    suggestedStreams: streams,
    resourceRequirements,
  },
  ['enabled'],
);
const testSuite = object(
  {
    suite: oneOf('unitTests', 'integrationTests', 'acceptanceTests', 'liveTests'),
    testSecrets: listOf(
      object({name: text, fileName: text, secretStore: object({alias: text, type: oneOf('GSM')})}, [
        'name',
        'secretStore',
      ]),
    ),
    testConnections: listOf(object({name: text, id: text}, ['name', 'id'])),
  },
  ['suite'],
);
const externalDocumentation = object(
  {
    title: text,
    url,
    type: oneOf(
      ...['api_deprecations', 'api_reference', 'api_release_history', 'authentication_guide'],
      ...['data_model_reference', 'developer_community', 'migration_guide', 'openapi_spec'],
      ...['other', 'permissions_scopes', 'rate_limits', 'sql_reference', 'status_page'],
    ),
    requiresLogin: flag,
  },
  ['title', 'url'],
);
const breakingChange = object(
  {
    message: text,
    upgradeDeadline: date,
    deadlineAction: oneOf('auto_upgrade', 'disable'),
    migrationDocumentationUrl: url,
    scopedImpact: listOf(
      object(
        {
          scopeType: oneOf('stream'),
          impactedScopes: {...listOf(text), minItems: 1, description: 'a list of at least one'},
        },
        ['scopeType', 'impactedScopes'],
      ),
    ),
  },
  ['message', 'upgradeDeadline'],
);
const releases = object({
  rolloutConfiguration: object({
    enableProgressiveRollout: flag,
    initialPercentage: {...number, maximum: 100},
    maxPercentage: {...number, maximum: 100},
    advanceDelayMinutes: {...number, minimum: 10},
  }),
  breakingChanges: {
    type: 'object',
    patternProperties: {[version.pattern]: breakingChange},
    additionalProperties: false,
  },
  migrationDocumentationUrl: url,
});

/** The fields Airbyte knows, by its own validator, which refuses any other; those of destinations are left out. */
const schema = object(
  {
    metadataSpecVersion: {const: '1.0', description: '"1.0", in quotes'},
    data: object(
      {
        name: text,
        definitionId: uuid,
        connectorType: oneOf('source'),
        connectorSubtype: subtype,
        dockerRepository: repository,
        dockerImageTag: version,
        license: text,
        documentationUrl: url,
        githubIssueLabel: text,
        releaseStage: oneOf('alpha', 'beta', 'generally_available', 'custom'),
        supportLevel: oneOf('community', 'certified', 'archived'),
        icon: text,
        tags: listOf(text),
        connectorBuildOptions: object({baseImage: text}),
        connectorTestSuitesOptions: listOf(testSuite),
        registryOverrides: object({oss: override, cloud: override}),
        allowedHosts: hosts,
        suggestedStreams: streams,
        maxSecondsBetweenMessages: number,
        releaseDate: date,
        protocolVersion: text,
        erdUrl: url,
        externalDocumentationUrls: listOf(externalDocumentation),
        releases,
        resourceRequirements,
        ab_internal: object({
          ql: oneOf(0, 100, 200, 300, 400, 500, 600),
          sl: oneOf(0, 100, 200, 300),
          isEnterprise: flag,
          requireVersionIncrementsInPullRequests: flag,
        }),
        remoteRegistries: object({
          pypi: object({enabled: flag, packageName: text}, ['enabled', 'packageName']),
        }),
        supportsRefreshes: flag,
        supportsFileTransfer: flag,
        supportsDataActivation: flag,
        connectorIPCOptions: object({
          dataChannel: object(
            {
              version: text,
              supportedSerialization: listOf(oneOf('JSONL', 'PROTOBUF', 'FLATBUFFERS')),
              supportedTransport: listOf(oneOf('STDIO', 'SOCKET')),
            },
            ['version', 'supportedSerialization', 'supportedTransport'],
          ),
        }),
      },
      [
        ...['name', 'definitionId', 'connectorType', 'connectorSubtype', 'dockerRepository'],
        ...['dockerImageTag', 'license', 'documentationUrl', 'githubIssueLabel', 'releaseStage'],
      ],
    ),
  },
  ['metadataSpecVersion', 'data'],
);

const ajv = new Ajv({allErrors: true, verbose: true});
addFormats(ajv);
const isMetadata = ajv.compile(schema);

const isMapping = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);

/** Deep; `own` wins, and a list of its own replaces a shared one. */
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

const listSources = async () => {
  const entries = await readdir(join(ROOT, 'sources'), {withFileTypes: true});
  return entries.filter((entry) => entry.isDirectory()).map(({name}) => name);
};

/** Fails with the names there are unless `source` is one of them. */
export const assertSource = async (source) => {
  const sources = await listSources();
  if (sources.includes(source)) return;
  const given = source ? `There is no source "${source}"` : 'Say which source';
  throw new Error(`${given}; there are: ${sources.join(', ')}.`);
};

/** Which field, what is wrong with it, and what to do: the rest of a sentence that begins with its name. */
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
        'is no field that Airbyte knows for a source: correct its spelling or remove it',
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

/** What the folder and package.json say too. */
const disagreements = async (source, data) => {
  const {version: released} = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  const plain = (name) => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const rules = {
    name: [(name) => plain(name) === plain(source), `${source}, as people write it`],
    // As the Dockerfile labels it.
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

/** The platform knows a connector by its id alone; a copied folder brings its old one along. */
const sharedIds = async (source, data) => {
  const others = (await listSources()).filter((name) => name !== source);
  const files = await Promise.all(
    others.map((name) => readFile(join(ROOT, ownFile(name)), 'utf8').catch(() => '')),
  );
  const twin = others.find((_, index) => files[index].includes(String(data.definitionId)));
  return twin === undefined
    ? []
    : [problem(['data', 'definitionId'], `is that of ${twin}, too: make another with \`uuidgen\``)];
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
  // What neither file has is the source's to add.
  const fileOf = (path) => (!own.hasIn(path) && shared.hasIn(path) ? SHARED : ownFile(source));
  // The first thing said about a field is the plainest: that it is missing, or not even a text.
  const lines = new Map();
  for (const {path, what} of problems) {
    const field = path.join('.') || 'the whole';
    if (!lines.has(field)) lines.set(field, `${fileOf(path)}: ${field} ${what}.`);
  }
  throw new Error([...lines.values()].join('\n'));
};

/** What is wrong with any source, each thing once: a shared field is wrong for all of them. */
const checkAll = async () => {
  const sources = await listSources();
  const results = await Promise.allSettled(sources.map(loadMetadata));
  const lines = results.flatMap(({reason}) => reason?.message.split('\n') ?? []);
  if (lines.length > 0) throw new Error([...new Set(lines)].join('\n'));
  console.log(`Metadata is right: ${sources.join(', ')}.`);
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
      `The image is to be built as version ${values.tag}, but ${SHARED} says data.dockerImageTag ${dockerImageTag}: make the two agree.`,
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
