// The suite `connector_attributes`: what a certified connector must have.

import {listOf, objectOf} from '../messages.ts';
import {isCertified} from './basic-read.ts';
import type {Check} from './check.ts';
import {checksOf} from './define.ts';

const define = checksOf('connector_attributes', (suites) => suites.connector_attributes);

const NOT_CERTIFIED = {skipped: 'for certified connectors, by metadata.yaml, only'};

const primaryKeys = define(
  'test_streams_define_primary_key',
  'each stream has a primary key',
  async (entry, runs, {settings}) => {
    if (!isCertified(settings)) return NOT_CERTIFIED;
    const exempt = entry.streamsWithoutPrimaryKey.map(({name}) => name);
    return (await runs.streams(entry))
      .filter(({name, primaryKey}) => primaryKey.length === 0 && !exempt.includes(name))
      .map(({key}) => ({
        reason: `${key} has no primary key`,
        advice: 'Add source_defined_primary_key, or list it in streams_without_primary_key.',
      }));
  },
);

const allowedHosts = define(
  'test_certified_connector_has_allowed_hosts',
  'metadata.yaml says which hosts are called',
  (entry, _runs, {settings}) => {
    if (!isCertified(settings)) return NOT_CERTIFIED;
    if (entry.allowedHostsBypass !== undefined) return {skipped: entry.allowedHostsBypass};
    const {hosts} = objectOf(settings.metadata?.['allowedHosts']);
    return listOf(hosts).length > 0
      ? []
      : [
          {
            reason: 'metadata.yaml has no allowedHosts.hosts',
            advice: 'List the hosts that are called, or give allowed_hosts a bypass_reason.',
          },
        ];
  },
);

const suggestedStreams = define(
  'test_certified_connector_has_suggested_streams',
  'metadata.yaml suggests streams',
  (entry, _runs, {settings}) => {
    if (!isCertified(settings)) return NOT_CERTIFIED;
    if (entry.suggestedStreamsBypass !== undefined) return {skipped: entry.suggestedStreamsBypass};
    const {streams} = objectOf(settings.metadata?.['suggestedStreams']);
    return listOf(streams).length > 0
      ? []
      : [
          {
            reason: 'metadata.yaml has no suggestedStreams.streams',
            advice: 'List streams to begin with, or give suggested_streams a bypass_reason.',
          },
        ];
  },
);

export const attributes: readonly Check[] = [primaryKeys, allowedHosts, suggestedStreams];
