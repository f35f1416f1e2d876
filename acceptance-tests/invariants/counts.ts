// STATE counts and covers the records before it.
import {at} from '../../cdk/json/at.ts';
import {isObject} from '../../cdk/json/values.ts';
import {streamStates} from './catalog.ts';
import type {Invariant, Message, Stream} from './invariant.ts';
import {entry, nameOf, statusOf} from './message.ts';

const counter = () => ({records: 0, states: 0});

type Counter = ReturnType<typeof counter>;

/** The counters that a STATE speaks for. */
const countersOf = (
  {payload, stream}: Message,
  counters: Map<string, Counter>,
): readonly Counter[] => {
  if (stream !== undefined) return [entry(counters, stream.key, counter)];
  return isObject(payload['global']) ? [...counters.values()] : [];
};

const sum = (counters: readonly Counter[]): number =>
  counters.reduce((total, {records}) => total + records, 0);

export const exactCounts: Invariant = {
  name: 'exact-counts',
  about: "A STATE's recordCount is the number of records since the stream's last STATE.",
  watch: (_about, tell) => {
    const counters = new Map<string, Counter>();
    const check = (message: Message): void => {
      const covered = countersOf(message, counters);
      if (covered.length === 0) return;
      const records = sum(covered);
      const said = at(message.payload, 'sourceStats', 'recordCount');
      for (const one of covered) one.records = 0;
      if (said === records) return;
      const whose = message.stream === undefined ? 'all streams' : nameOf(message.stream);
      tell({
        reason:
          said === undefined
            ? `A STATE of ${whose} has no sourceStats.recordCount.`
            : `A STATE of ${whose} says recordCount ${String(said)}, but ${records} records came since the last one.`,
        advice:
          'Count the RECORD lines that are really written, after filters and limits, and begin at 0 after each STATE: the platform compares the counts and calls a difference lost records.',
      });
    };
    return {
      message: (message) => {
        if (message.type === 'STATE') check(message);
        if (message.type === 'RECORD' && message.stream !== undefined) {
          entry(counters, message.stream.key, counter).records += 1;
        }
      },
    };
  },
};

const cover = (one: Counter): void => {
  one.records = 0;
  one.states += 1;
};

export const stateCoversRecords: Invariant = {
  name: 'state-covers-records',
  about: "A stream's last STATE comes after its last record.",
  watch: (_about, tell) => {
    const counters = new Map<string, Counter>();
    const check = (stream: Stream, status: string): void => {
      const {records, states} = entry(counters, stream.key, counter);
      // A stream without any STATE is told by another.
      if (records === 0 || states === 0) return;
      tell({
        severity: status === 'COMPLETE' ? 'error' : 'warning',
        reason: `${records} records of ${nameOf(stream)} came after its last STATE, and then ${status}.`,
        advice:
          'Emit a STATE behind the last record, before the final status: what no STATE covers is never committed.',
      });
    };
    return {
      message: (message) => {
        const {type, stream} = message;
        if (type === 'STATE') countersOf(message, counters).forEach(cover);
        if (stream === undefined) return;
        if (type === 'RECORD') entry(counters, stream.key, counter).records += 1;
        const status = statusOf(message);
        if (status === 'COMPLETE' || status === 'INCOMPLETE') check(stream, status);
      },
    };
  },
};

export const noIdenticalStates: Invariant = {
  name: 'no-identical-states',
  about: 'Two consecutive STATEs of a stream differ.',
  watch: (_about, tell) => {
    const last = new Map<string, string>();
    return {
      message: (message) => {
        if (message.type !== 'STATE') return;
        const {stream, payload} = message;
        if (stream === undefined && !isObject(payload['global'])) return;
        const key = stream?.key ?? '';
        const text = JSON.stringify(stream === undefined ? payload['global'] : payload['stream']);
        const before = last.get(key);
        last.set(key, text);
        if (before !== text) return;
        tell({
          reason: `A STATE of ${stream === undefined ? 'all streams' : nameOf(stream)} is the same as the one before it.`,
          advice:
            'Emit a STATE only when it says something new, at the latest at the end of the stream: equal ones collide on the platform, which then cannot compare counts.',
        });
      },
    };
  },
};

export const stateForm: Invariant = {
  name: 'state-form',
  about: 'A STATE is of type STREAM with a stream_state that is an object, or GLOBAL.',
  watch: (_about, tell) => ({
    message: ({type, payload}) => {
      if (type !== 'STATE') return;
      const states = streamStates(payload);
      const kind = payload['type'];
      const advice =
        'Give `type: STREAM`, `stream.stream_descriptor` and an object `stream.stream_state` in each STATE.';
      if (kind !== 'STREAM' && kind !== 'GLOBAL') {
        const found = kind === undefined ? 'no type' : `type ${String(kind)}`;
        tell({reason: `A STATE has ${found}, the deprecated form.`, advice, of: 'type'});
      } else if (states.some(([, state]) => !isObject(state))) {
        tell({reason: 'A STATE has no stream_state.', advice, of: 'stream_state'});
      }
    },
  }),
};
