// The suite `connector_attributes`: what a certified connector must have.

import {listAt, objectAt} from '../../cdk/json/at.ts';
import type {Check} from '../check-kit/check.ts';
import {checksOf} from '../check-kit/define-check.ts';
import {isCertified} from './basic-read.ts';

const define = checksOf('connector_attributes', (suites) => suites.connector_attributes);

const NOT_CERTIFIED = {skipped: 'only for connectors that are certified in metadata.yaml'};

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
  'metadata.yaml lists the hosts that are called',
  (entry, _runs, {settings}) => {
    if (!isCertified(settings)) return NOT_CERTIFIED;
    if (entry.allowedHostsBypass !== undefined) return {skipped: entry.allowedHostsBypass};
    const {hosts} = objectAt(settings.metadata?.['allowedHosts']);
    return listAt(hosts).length > 0
      ? []
      : [
          {
            reason: 'metadata.yaml has no allowedHosts.hosts',
            advice:
              'List the hosts that the connector calls, or give allowed_hosts a bypass_reason.',
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
    const {streams} = objectAt(settings.metadata?.['suggestedStreams']);
    return listAt(streams).length > 0
      ? []
      : [
          {
            reason: 'metadata.yaml has no suggestedStreams.streams',
            advice: 'List the streams to begin with, or give suggested_streams a bypass_reason.',
          },
        ];
  },
);

export const attributes: readonly Check[] = [primaryKeys, allowedHosts, suggestedStreams];
