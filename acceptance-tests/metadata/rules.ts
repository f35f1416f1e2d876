// Rules across fields of metadata.yaml, and between them and the connector.

import {access} from 'node:fs/promises';
import {join} from 'node:path';
import {at} from '../../cdk/json/at.ts';
import {isObject, type JsonObject} from '../../cdk/json/values.ts';
import type {Check, Context, Fault, Outcome} from '../check-kit/check.ts';
import {outcomeOf} from '../check-kit/check.ts';
import {discoveredStreams, specProperties} from './connector-responses.ts';
import {onData, textsAt} from './file.ts';

const VERSION = /^(\d+)\.(\d+)\.(\d+)/;

/** The breaking release before or at a version. 1.0.0 does not count, because anything may change before it. */
const breakOf = (tag: string): string | undefined => {
  const major = Number(VERSION.exec(tag)?.[1] ?? 0);
  return major < 2 ? undefined : `${major}.0.0`;
};

const isNewer = (version: string, than: string): boolean =>
  version.localeCompare(than, 'en', {numeric: true}) > 0;

/**
 * Airbyte requires the entry with the breaking release itself. For later releases a missing entry is only a warning:
 * Airbyte's own connectors lack entries for old versions.
 */
const judgeBreakingChanges = (data: JsonObject): Outcome => {
  const tag = String(data['dockerImageTag']);
  const announced = Object.keys(Object(at(data, 'releases', 'breakingChanges')));
  const early = announced
    .filter((version) => isNewer(version, tag))
    .map((version) => ({
      reason: `releases.breakingChanges has ${version}, which is newer than dockerImageTag ${tag}`,
      advice: 'Raise dockerImageTag together with the breaking change, or correct the version.',
    }));
  const wanted = breakOf(tag);
  if (wanted === undefined || announced.includes(wanted)) return outcomeOf(early);
  const untold = {
    reason: `dockerImageTag is ${tag}, but releases.breakingChanges has no entry ${wanted}`,
    advice: `Add ${wanted} with a message and an upgradeDeadline, which warn users before they upgrade.`,
  };
  if (tag !== wanted && early.length === 0) return {status: 'warned', faults: [untold]};
  return outcomeOf([untold, ...early]);
};

const judgeSuggestedStreams = async (data: JsonObject, context: Context): Promise<Outcome> => {
  const suggested = textsAt(data, 'suggestedStreams', 'streams');
  if (suggested.length === 0) return {status: 'skipped', reason: 'no streams are suggested'};
  const known = await discoveredStreams(context);
  if (known === undefined) return {status: 'skipped', reason: 'discover printed no catalog'};
  return outcomeOf(
    suggested
      .filter((name) => !known.includes(name))
      .map((name) => ({
        reason: `suggestedStreams names ${name}, which discover does not list`,
        offending: `discover: ${known.join(', ')}`,
        advice: 'Correct the name or remove it.',
      })),
  );
};

const HOST = /^(\*\.)?([\w-]|\$\{[\w.]+\})+(\.([\w-]|\$\{[\w.]+\})+)*$/;
const PLACEHOLDER = /\$\{([\w.]+)\}/g;

const faultsOfHost = (host: string, properties: JsonObject | undefined): readonly Fault[] => {
  if (!HOST.test(host)) {
    const advice = `Write only the name of a host, such as api.example.com, *.example.com or \${subdomain}.example.com.`;
    return [{reason: `allowedHosts has ${JSON.stringify(host)}, which is not a host name`, advice}];
  }
  const unknown = [...host.matchAll(PLACEHOLDER)]
    .map(([, name = '']) => name)
    .filter(
      (name) => properties !== undefined && !Object.hasOwn(properties, name.split('.')[0] ?? ''),
    );
  return unknown.map((name) => ({
    reason: `allowedHosts has ${host}, but the spec has no property ${name}`,
    advice: 'Use the name of a property of connectionSpecification between the braces.',
  }));
};

const judgeAllowedHosts = async (data: JsonObject, context: Context): Promise<Outcome> => {
  if (!isObject(data['allowedHosts']) || !Array.isArray(data['allowedHosts']['hosts'])) {
    const advice =
      'List the hosts of the API in allowedHosts.hosts; an empty list means that the connector calls no host.';
    return {
      status: 'warned',
      faults: [{reason: 'allowedHosts is missing: the connector may call any host', advice}],
    };
  }
  const hosts = textsAt(data, 'allowedHosts', 'hosts');
  if (hosts.length === 0) return outcomeOf([], 'no hosts: the connector may call none');
  const properties = await specProperties(context);
  return outcomeOf(hosts.flatMap((host) => faultsOfHost(host, properties)));
};

const judgeImage = (data: JsonObject, {connector}: Context): Outcome => {
  if (connector.image === undefined)
    return {status: 'skipped', reason: 'it needs an image, and an executable was given'};
  const {labels} = connector.image;
  const pairs = [
    ['dockerRepository', 'io.airbyte.name'],
    ['dockerImageTag', 'io.airbyte.version'],
  ] as const;
  return outcomeOf(
    pairs
      .filter(([field, label]) => labels[label] !== String(data[field]))
      .map(([field, label]) => ({
        reason: `${field} is ${data[field]}, but the image's label ${label} is ${labels[label] ?? 'missing'}`,
        advice: 'Build the image with the label of metadata.yaml, or correct metadata.yaml.',
      })),
  );
};

const COMPANIONS: Readonly<Record<string, string>> = {
  'README.md': 'describe how to build, run and test the connector',
  'icon.svg': "the platform shows it beside the connector's name",
  'integration_tests/configured_catalog.json': 'a catalog for reads',
  'integration_tests/abnormal_state.json': 'states from the future, for the suite incremental',
  'integration_tests/invalid_config.json': 'a config that check must reject',
  'integration_tests/expected_records.jsonl': 'records that a read must return',
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
    // Airbyte's own connectors have an icon.svg, and `icon` is the name under which it is published.
    const names = path === 'icon.svg' && typeof icon === 'string' ? [path, icon] : [path];
    const found = await Promise.all(names.map((name) => isThere(join(folder, name))));
    if (!found.includes(true))
      faults.push({reason: `there is no ${path}`, advice: `Add the file: ${what}.`});
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
    'the last major version, from 2 on, is announced with a deadline',
    onData(judgeBreakingChanges),
  ),
  check('test_suggested_streams', 'suggested streams exist', onData(judgeSuggestedStreams)),
  check(
    'test_allowed_hosts',
    'the hosts that the connector calls are listed, by host names and properties of the spec',
    onData(judgeAllowedHosts),
  ),
  check(
    'test_image_is_the_one_described',
    'the labels of the image agree with metadata.yaml',
    onData(judgeImage),
  ),
  check(
    'test_companion_files',
    'the folder of the connector has the usual files',
    onData(judgeCompanions),
  ),
];
