// STATE messages count and cover the records before them.
import {hash} from 'node:crypto';
import {at} from '../../cdk/json/at.ts';
import {isObject} from '../../cdk/json/values.ts';
import {streamStates} from './catalog.ts';
import type {Invariant, Message, Stream} from './invariant.ts';
import {entry, nameOf, statusOf} from './message.ts';

const counter = () => ({records: 0, states: 0});

type Counter = ReturnType<typeof counter>;

/** The counters of the streams that a STATE covers. */
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
  watch: (_about, report) => {
    const counters = new Map<string, Counter>();
    const check = (message: Message): void => {
      const covered = countersOf(message, counters);
      if (covered.length === 0) return;
      const records = sum(covered);
      const stated = at(message.payload, 'sourceStats', 'recordCount');
      for (const one of covered) one.records = 0;
      if (stated === records) return;
      const whose = message.stream === undefined ? 'all streams' : nameOf(message.stream);
      report({
        reason:
          stated === undefined
            ? `A STATE of ${whose} has no sourceStats.recordCount.`
            : `A STATE of ${whose} has recordCount ${String(stated)}, but ${records} records came since the last one.`,
        advice:
          'Count the RECORD lines that are written, after filters and limits, and begin at 0 after each STATE: the platform compares the counts and reports a difference as lost records.',
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
  watch: (_about, report) => {
    const counters = new Map<string, Counter>();
    const check = (stream: Stream, status: string): void => {
      const {records, states} = entry(counters, stream.key, counter);
      // Another invariant reports a stream without any STATE.
      if (records === 0 || states === 0) return;
      report({
        severity: status === 'COMPLETE' ? 'error' : 'warning',
        reason: `${records} records of ${nameOf(stream)} came after its last STATE, and then ${status}.`,
        advice:
          'Emit a STATE after the last record and before the final status: records that no STATE covers are never committed.',
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
  watch: (_about, report) => {
    const last = new Map<string, string>();
    return {
      message: (message) => {
        if (message.type !== 'STATE') return;
        const {stream, payload} = message;
        if (stream === undefined && !isObject(payload['global'])) return;
        const key = stream?.key ?? '';
        const whole = JSON.stringify(stream === undefined ? payload['global'] : payload['stream']);
        // A state may be large, and there may be many.
        const text = hash('sha256', whole);
        const before = last.get(key);
        last.set(key, text);
        if (before !== text) return;
        report({
          reason: `A STATE of ${stream === undefined ? 'all streams' : nameOf(stream)} is the same as the one before it.`,
          advice:
            'Emit a STATE only when it differs from the last one, or at the end of the stream: equal ones collide on the platform, which then cannot compare counts.',
        });
      },
    };
  },
};

export const stateForm: Invariant = {
  name: 'state-form',
  about: 'A STATE is of type STREAM with a stream_state that is an object, or GLOBAL.',
  watch: (_about, report) => ({
    message: ({type, payload}) => {
      if (type !== 'STATE') return;
      const states = streamStates(payload);
      const kind = payload['type'];
      const advice =
        'Print `type: STREAM`, `stream.stream_descriptor` and an object `stream.stream_state` in each STATE.';
      if (kind !== 'STREAM' && kind !== 'GLOBAL') {
        const found = kind === undefined ? 'no type' : `type ${String(kind)}`;
        report({reason: `A STATE has ${found}, the deprecated form.`, advice, subject: 'type'});
      } else if (states.some(([, state]) => !isObject(state))) {
        report({reason: 'A STATE has no stream_state.', advice, subject: 'stream_state'});
      }
    },
  }),
};
