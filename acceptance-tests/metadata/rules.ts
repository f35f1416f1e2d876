// What fields of metadata.yaml must say together, and beside the connector itself.

import {access} from 'node:fs/promises';
import {join} from 'node:path';
import {at} from '../../cdk/json/at.ts';
import {isObject, type JsonObject} from '../../cdk/json/values.ts';
import type {Check, Context, Fault, Outcome} from '../check-kit/check.ts';
import {outcomeOf} from '../check-kit/check.ts';
import {discoveredStreams, specProperties} from './connector-responses.ts';
import {onData, textsAt} from './file.ts';

const VERSION = /^(\d+)\.(\d+)\.(\d+)/;

/** The break that a version is of, or comes after; 1.0.0 is none: before it, anything goes. */
const breakOf = (tag: string): string | undefined => {
  const major = Number(VERSION.exec(tag)?.[1] ?? 0);
  return major < 2 ? undefined : `${major}.0.0`;
};

const isNewer = (version: string, than: string): boolean =>
  version.localeCompare(than, 'en', {numeric: true}) > 0;

/**
 * Airbyte asks for the entry with the release that breaks, and connectors of its own lack those of releases from before
 * there were entries: later ones are warned.
 */
const judgeBreakingChanges = (data: JsonObject): Outcome => {
  const tag = String(data['dockerImageTag']);
  const told = Object.keys(Object(at(data, 'releases', 'breakingChanges')));
  const early = told
    .filter((version) => isNewer(version, tag))
    .map((version) => ({
      reason: `releases.breakingChanges has ${version}, which is newer than dockerImageTag ${tag}`,
      advice: 'Raise dockerImageTag with the change that breaks, or correct the version.',
    }));
  const wanted = breakOf(tag);
  if (wanted === undefined || told.includes(wanted)) return outcomeOf(early);
  const untold = {
    reason: `dockerImageTag is ${tag}, but releases.breakingChanges has no entry ${wanted}`,
    advice: `Add ${wanted} with a message and an upgradeDeadline: users are warned by it before they upgrade.`,
  };
  if (tag !== wanted && early.length === 0) return {status: 'warned', faults: [untold]};
  return outcomeOf([untold, ...early]);
};

const judgeSuggestedStreams = async (data: JsonObject, context: Context): Promise<Outcome> => {
  const suggested = textsAt(data, 'suggestedStreams', 'streams');
  if (suggested.length === 0) return {status: 'skipped', reason: 'no streams are suggested'};
  const known = await discoveredStreams(context);
  if (known === undefined) return {status: 'skipped', reason: 'discover gave no catalog'};
  return outcomeOf(
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
  if (hosts.length === 0) return outcomeOf([], 'no hosts: it may talk to nobody');
  const properties = await specProperties(context);
  return outcomeOf(hosts.flatMap((host) => faultsOfHost(host, properties)));
};

const judgeImage = (data: JsonObject, {connector}: Context): Outcome => {
  if (connector.image === undefined)
    return {status: 'skipped', reason: 'the connector is no image'};
  const {labels} = connector.image;
  const pairs = [
    ['dockerRepository', 'io.airbyte.name'],
    ['dockerImageTag', 'io.airbyte.version'],
  ] as const;
  return outcomeOf(
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

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

const judgeCompanions = async (
  data: JsonObject,
  {settings: {folder}}: Context,
): Promise<Outcome> => {
  const {icon} = data;
  const faults: Fault[] = [];
  for (const [path, what] of Object.entries(COMPANIONS)) {
    // Airbyte's own connectors have an icon.svg, and in `icon` the name that it is published by.
    const names = path === 'icon.svg' && typeof icon === 'string' ? [path, icon] : [path];
    const found = await Promise.all(names.map((name) => isThere(join(folder, name))));
    if (!found.includes(true))
      faults.push({reason: `there is no ${path}`, advice: `Add it: ${what}.`});
  }
  return faults.length === 0 ? outcomeOf([]) : {status: 'warned', faults};
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
    'The last major version, from 2 on, is announced with a deadline.',
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
