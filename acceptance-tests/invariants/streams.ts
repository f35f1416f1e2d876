// Which streams there are, and under which name.
import {at} from '../../cdk/json/at.ts';
import {isObject, type JsonObject} from '../../cdk/json/values.ts';
import {type Configured, configuredStreams} from './catalog.ts';
import type {Invariant, Stream} from './invariant.ts';
import {nameOf} from './message.ts';

const namesOf = (configured: ReadonlyMap<string, Configured>): ReadonlySet<string> =>
  new Set([...configured.values()].map(({stream}) => stream.name));

const inWords = (namespace: string | undefined): string =>
  namespace === undefined ? 'no namespace' : `namespace ${namespace}`;

export const configuredStreamsOnly: Invariant = {
  name: 'configured-streams-only',
  about: 'Records, states and statuses are of streams in the configured catalog.',
  watch: ({catalog}, tell) => {
    if (catalog === undefined) return {};
    const configured = configuredStreams(catalog);
    const names = namesOf(configured);
    return {
      message: ({type, stream}) => {
        if (stream === undefined || configured.has(stream.key) || names.has(stream.name)) return;
        tell({
          reason: `A ${type} of ${nameOf(stream)}, which the configured catalog does not have.`,
          advice: 'Read the streams of the catalog only: the platform fails the sync at any other.',
        });
      },
    };
  },
};

export const consistentNamespaces: Invariant = {
  name: 'consistent-namespaces',
  about: 'A stream has one namespace, or none, in records, states, statuses and the catalog.',
  watch: ({catalog}, tell) => {
    const configured = configuredStreams(catalog);
    const names = namesOf(configured);
    const advice =
      'Give the namespace of the catalog everywhere, and none where it has none: messages are matched by name and namespace.';
    // Without a catalog, records and states are held against each other at the end.
    const recorded = new Map<string, Stream>();
    const stated = new Map<string, Stream>();
    return {
      message: ({type, named: stream}) => {
        if (stream === undefined) return;
        if (names.has(stream.name) && !configured.has(stream.key)) {
          const expected = [...configured.values()]
            .filter((one) => one.stream.name === stream.name)
            .map((one) => inWords(one.stream.namespace));
          tell({
            reason: `A ${type} of ${stream.name} has ${inWords(stream.namespace)}, but ${expected.join(' or ')} in the catalog.`,
            advice,
            of: `${type} ${stream.key}`,
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
          const spaces = others.map(({namespace}) => inWords(namespace));
          tell({
            reason: `Records of ${stream.name} have ${inWords(stream.namespace)}, its states and statuses ${spaces.join(' or ')}.`,
            advice,
            of: stream.key,
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
  watch: (_about, tell) => ({
    message: ({type, payload, stream}) => {
      if (type !== 'RECORD' || stream === undefined) return;
      const data = payload['data'];
      // What is no object is told by the schema.
      if (!isObject(data) || hasFields(data)) return;
      tell({
        reason: `A record of ${nameOf(stream)} is empty.`,
        advice:
          'Leave such records out: the platform drops them without a word, and the counts no longer agree.',
      });
    },
  }),
};

export const primaryKeys: Invariant = {
  name: 'primary-keys',
  about: 'No record has null in all parts of its primary key, or a list or object in one.',
  watch: ({catalog}, tell) => {
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
        tell({
          reason: `A record of ${nameOf(stream)} has ${nulls ? 'no value' : 'a list or an object'} in its primary key (${names}).`,
          advice:
            'Declare a key that every record has as a plain value; the platform fails a sync without it.',
        });
      },
    };
  },
};
