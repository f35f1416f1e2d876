// What fields of metadata.yaml must say together, and beside the connector itself.
import {access} from 'node:fs/promises';
import {join} from 'node:path';
import type {Check, Context, Fault, Outcome} from '../check.ts';
import {judge} from '../check.ts';
import {at, isObject, type JsonObject} from '../json.ts';
import {discoveredStreams, specProperties} from './answers.ts';
import {onData, textsAt} from './file.ts';

const VERSION = /^(\d+)\.(\d+)\.(\d+)/;

/** 1.0.0 is no break: before it, anything goes. */
const majorsOf = (tag: string): readonly string[] => {
  const major = Number(VERSION.exec(tag)?.[1] ?? 0);
  return Array.from({length: Math.max(0, major - 1)}, (_, index) => `${index + 2}.0.0`);
};

const isNewer = (version: string, than: string): boolean =>
  version.localeCompare(than, 'en', {numeric: true}) > 0;

const judgeBreakingChanges = (data: JsonObject): Outcome => {
  const tag = String(data['dockerImageTag']);
  const told = Object.keys(Object(at(data, 'releases', 'breakingChanges')));
  const untold = majorsOf(tag)
    .filter((version) => !told.includes(version))
    .map((version) => ({
      reason: `dockerImageTag is ${tag}, but releases.breakingChanges has no entry ${version}`,
      advice: `Add ${version} with a message and an upgradeDeadline: users are warned by it before they upgrade.`,
    }));
  const early = told
    .filter((version) => isNewer(version, tag))
    .map((version) => ({
      reason: `releases.breakingChanges has ${version}, which is newer than dockerImageTag ${tag}`,
      advice: 'Raise dockerImageTag with the change that breaks, or correct the version.',
    }));
  return judge([...untold, ...early]);
};

const judgeSuggestedStreams = async (data: JsonObject, context: Context): Promise<Outcome> => {
  const suggested = textsAt(data, 'suggestedStreams', 'streams');
  if (suggested.length === 0) return {status: 'skipped', reason: 'no streams are suggested'};
  const known = await discoveredStreams(context);
  if (known === undefined) return {status: 'skipped', reason: 'discover gave no catalog'};
  return judge(
    suggested
      .filter((name) => !known.includes(name))
      .map((name) => ({
        reason: `suggestedStreams names ${name}, which discover does not give`,
        offending: `discover: ${known.join(', ')}`,
        advice: 'Correct the name or remove it.',
      })),
  );
};

const HOST = /^(\*\.)?([\w-]|\$\{[\w.]+\})+(\.([\w-]|\$\{[\w.]+\})+)*$/;
const PLACEHOLDER = /\$\{([\w.]+)\}/g;

const faultsOfHost = (host: string, properties: JsonObject | undefined): readonly Fault[] => {
  if (!HOST.test(host)) {
    const advice = `Write the name of a host alone, such as api.example.com, *.example.com or \${subdomain}.example.com.`;
    return [{reason: `allowedHosts has ${JSON.stringify(host)}, which is no host`, advice}];
  }
  const unknown = [...host.matchAll(PLACEHOLDER)]
    .map(([, name = '']) => name)
    .filter(
      (name) => properties !== undefined && !Object.hasOwn(properties, name.split('.')[0] ?? ''),
    );
  return unknown.map((name) => ({
    reason: `allowedHosts has ${host}, but the spec has no property ${name}`,
    advice: 'Between the braces goes the name of a property of connectionSpecification.',
  }));
};

const judgeAllowedHosts = async (data: JsonObject, context: Context): Promise<Outcome> => {
  if (!isObject(data['allowedHosts']) || !Array.isArray(data['allowedHosts']['hosts'])) {
    const advice =
      'Name the hosts of its API in allowedHosts.hosts; an empty list is for one that talks to nobody.';
    return {
      status: 'warned',
      faults: [{reason: 'allowedHosts is not given: it may talk to any host', advice}],
    };
  }
  const hosts = textsAt(data, 'allowedHosts', 'hosts');
  if (hosts.length === 0) return judge([], 'no hosts: it may talk to nobody');
  const properties = await specProperties(context);
  return judge(hosts.flatMap((host) => faultsOfHost(host, properties)));
};

const judgeImage = (data: JsonObject, {connector}: Context): Outcome => {
  if (connector.image === undefined)
    return {status: 'skipped', reason: 'the connector is no image'};
  const {labels} = connector.image;
  const pairs = [
    ['dockerRepository', 'io.airbyte.name'],
    ['dockerImageTag', 'io.airbyte.version'],
  ] as const;
  return judge(
    pairs
      .filter(([field, label]) => labels[label] !== String(data[field]))
      .map(([field, label]) => ({
        reason: `${field} is ${data[field]}, but the image's label ${label} is ${labels[label] ?? 'not there'}`,
        advice: 'Build the image with the label that metadata.yaml says, or correct metadata.yaml.',
      })),
  );
};

const COMPANIONS: Readonly<Record<string, string>> = {
  'README.md': 'say how to build, run and test it',
  'icon.svg': 'the platform shows it beside the name',
  'integration_tests/configured_catalog.json': 'a catalog to read by',
  'integration_tests/abnormal_state.json': 'states of the future, for the incremental suite',
  'integration_tests/invalid_config.json': 'a config that check must refuse',
  'integration_tests/expected_records.jsonl': 'records that a read must give',
  'integration_tests/sample_config.json': 'a config for people to copy',
};

const judgeCompanions = async (data: JsonObject, {settings}: Context): Promise<Outcome> => {
  const {icon} = data;
  const faults = await Promise.all(
    Object.entries(COMPANIONS).map(async ([usual, what]) => {
      const path = usual === 'icon.svg' && typeof icon === 'string' ? icon : usual;
      const isThere = await access(join(settings.folder, path)).then(
        () => true,
        () => false,
      );
      return isThere ? [] : [{reason: `there is no ${path}`, advice: `Add it: ${what}.`}];
    }),
  );
  const missing = faults.flat();
  return missing.length === 0 ? judge([]) : {status: 'warned', faults: missing};
};

const check = (name: string, about: string, run: Check['run']): Check => ({
  suite: 'metadata',
  name,
  about,
  run,
});

export const ruleChecks: readonly Check[] = [
  check(
    'test_breaking_changes',
    'Every major version from 2 on is announced, with a deadline.',
    onData(judgeBreakingChanges),
  ),
  check(
    'test_suggested_streams',
    'Streams that are suggested are streams it has.',
    onData(judgeSuggestedStreams),
  ),
  check(
    'test_allowed_hosts',
    'The hosts it talks to are named, by names of hosts and properties of the spec.',
    onData(judgeAllowedHosts),
  ),
  check(
    'test_image_is_the_one_described',
    'The labels of the image say what metadata.yaml says.',
    onData(judgeImage),
  ),
  check(
    'test_companion_files',
    'What belongs into the folder of a connector is there.',
    onData(judgeCompanions),
  ),
];
