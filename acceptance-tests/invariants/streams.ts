// Messages must be about the streams of the catalog, with the same names and namespaces.
import {at} from '../../cdk/json/at.ts';
import {isObject, type JsonObject} from '../../cdk/json/values.ts';
import {type Configured, configuredStreams} from './catalog.ts';
import type {Invariant, Stream} from './invariant.ts';
import {nameOf} from './message.ts';

const namesOf = (configured: ReadonlyMap<string, Configured>): ReadonlySet<string> =>
  new Set([...configured.values()].map(({stream}) => stream.name));

const namespaceText = (namespace: string | undefined): string =>
  namespace === undefined ? 'no namespace' : `namespace ${namespace}`;

export const configuredStreamsOnly: Invariant = {
  name: 'configured-streams-only',
  about: 'Records, states and statuses are of streams in the configured catalog.',
  watch: ({catalog}, report) => {
    if (catalog === undefined) return {};
    const configured = configuredStreams(catalog);
    const names = namesOf(configured);
    return {
      message: ({type, stream}) => {
        if (stream === undefined || configured.has(stream.key) || names.has(stream.name)) return;
        report({
          reason: `A ${type} of ${nameOf(stream)}, which the configured catalog does not have.`,
          advice: 'Read only the streams of the catalog: the platform fails the sync at any other.',
        });
      },
    };
  },
};

export const consistentNamespaces: Invariant = {
  name: 'consistent-namespaces',
  about: 'A stream has one namespace, or none, in records, states, statuses and the catalog.',
  watch: ({catalog}, report) => {
    const configured = configuredStreams(catalog);
    const names = namesOf(configured);
    const advice =
      'Use the namespace of the catalog everywhere, or none if the catalog has none: messages are matched by name and namespace.';
    // Without a catalog, records and states are compared with each other at the end.
    const recorded = new Map<string, Stream>();
    const stated = new Map<string, Stream>();
    return {
      message: ({type, named: stream}) => {
        if (stream === undefined) return;
        if (names.has(stream.name) && !configured.has(stream.key)) {
          const expected = [...configured.values()]
            .filter((one) => one.stream.name === stream.name)
            .map((one) => namespaceText(one.stream.namespace));
          report({
            reason: `A ${type} of ${stream.name} has ${namespaceText(stream.namespace)}, but ${expected.join(' or ')} in the catalog.`,
            advice,
            subject: `${type} ${stream.key}`,
          });
        }
        if (catalog !== undefined) return;
        if (type === 'RECORD') recorded.set(stream.key, stream);
        else if (!stated.has(stream.key)) stated.set(stream.key, stream);
      },
      end: () => {
        for (const stream of recorded.values()) {
          const others = [...stated.values()].filter(({name}) => name === stream.name);
          if (others.length === 0 || stated.has(stream.key)) continue;
          const spaces = others.map(({namespace}) => namespaceText(namespace));
          report({
            reason: `Records of ${stream.name} have ${namespaceText(stream.namespace)}, its states and statuses ${spaces.join(' or ')}.`,
            advice,
            subject: stream.key,
          });
        }
      },
    };
  },
};

const hasFields = (data: JsonObject): boolean => {
  for (const _key in data) return true;
  return false;
};

export const noEmptyData: Invariant = {
  name: 'no-empty-data',
  about: "A record's data has at least one field.",
  watch: (_about, report) => ({
    message: ({type, payload, stream}) => {
      if (type !== 'RECORD' || stream === undefined) return;
      const data = payload['data'];
      // `protocol-schema` reports data that is not an object.
      if (!isObject(data) || hasFields(data)) return;
      report({
        reason: `A record of ${nameOf(stream)} is empty.`,
        advice:
          'Leave such records out: the platform silently drops them, and the counts no longer agree.',
      });
    },
  }),
};

export const primaryKeys: Invariant = {
  name: 'primary-keys',
  about: 'No record has null in all parts of its primary key, or a list or object in one.',
  watch: ({catalog}, report) => {
    const configured = configuredStreams(catalog);
    return {
      message: ({type, stream, payload}) => {
        if (type !== 'RECORD' || stream === undefined) return;
        const keys = configured.get(stream.key)?.primaryKey ?? [];
        if (keys.length === 0) return;
        const parts = keys.map((path) => at(payload['data'], ...path) ?? null);
        const names = keys.map((path) => path.join('.')).join(', ');
        const [nulls, nested] = [
          parts.every((part) => part === null),
          parts.some((part) => typeof part === 'object' && part !== null),
        ];
        if (!nulls && !nested) return;
        report({
          reason: `A record of ${nameOf(stream)} has ${nulls ? 'no value' : 'a list or an object'} in its primary key (${names}).`,
          advice:
            'Declare a key that every record has as a plain value; the platform fails a sync without it.',
        });
      },
    };
  },
};
