// The life of each stream: STARTED, RUNNING, records and states, then COMPLETE or INCOMPLETE.
import {isObject} from '../../cdk/json/values.ts';
import {configuredStreams} from './catalog.ts';
import type {Invariant, Message, Stream} from './invariant.ts';
import {entry, isTraceError, nameOf, statusOf} from './message.ts';

interface Life {
  first: string | undefined;
  last: string | undefined;
  ran: boolean;
  records: number;
  states: number;
}

const life = (): Life => ({first: undefined, last: undefined, ran: false, records: 0, states: 0});

const ORDER =
  'Emit STARTED, RUNNING at the first record and, at the end, COMPLETE or INCOMPLETE once.';

const isFinal = (status: string | undefined): boolean =>
  status === 'COMPLETE' || status === 'INCOMPLETE';

/** Describes why a status is wrong at this point; undefined if it is right. */
const wrongStatus = (status: string, {first, last, ran, records}: Life): string | undefined => {
  if (isFinal(last)) return `${status} came after ${last}`;
  if (status === 'STARTED') {
    if (first !== undefined) return 'STARTED came twice';
    return records > 0 ? 'STARTED came after its first record' : undefined;
  }
  // A stream that can't be read at all may have only this status.
  if (first === undefined && status !== 'INCOMPLETE') return `its first status is ${status}`;
  if (status !== 'COMPLETE' || ran) return undefined;
  return 'COMPLETE came without RUNNING before it';
};

export const statusOrder: Invariant = {
  name: 'status-order',
  about:
    'Each stream has the statuses STARTED, RUNNING, then COMPLETE or INCOMPLETE, and no message after that.',
  watch: (_about, report) => {
    const lives = new Map<string, Life>();
    const observeOther = ({type}: Message, stream: Stream, own: Life): void => {
      if (type === 'RECORD') own.records += 1;
      if (!isFinal(own.last)) return;
      report({
        reason: `A ${type} of ${nameOf(stream)} came after ${own.last}.`,
        advice: 'Emit the final status after the last record and the last STATE.',
      });
    };
    const observeStatus = (status: string, stream: Stream, own: Life): void => {
      const wrong = wrongStatus(status, own);
      // Some clients expect RUNNING, but nothing is lost without it.
      const harmless = status === 'COMPLETE' && !isFinal(own.last) && own.records === 0;
      if (wrong !== undefined) {
        report({
          severity: harmless ? 'warning' : 'error',
          reason: `Statuses of ${nameOf(stream)}: ${wrong}.`,
          advice: ORDER,
        });
      }
      own.first ??= status;
      if (!isFinal(own.last)) own.last = status;
      if (status === 'RUNNING') own.ran = true;
    };
    const observe = (message: Message, stream: Stream): void => {
      const own = entry(lives, stream.key, life);
      const status = statusOf(message);
      if (status === undefined) observeOther(message, stream, own);
      else observeStatus(status, stream, own);
    };
    return {
      message: (message) => {
        if (message.stream !== undefined) observe(message, message.stream);
      },
    };
  },
};

export const everyStreamEnds: Invariant = {
  name: 'every-stream-ends',
  about: 'Every configured stream ends with a STATE and with COMPLETE or INCOMPLETE.',
  watch: ({catalog, command}, report) => {
    const streams = new Map<string, Stream>();
    for (const {stream} of configuredStreams(catalog).values()) streams.set(stream.key, stream);
    const lives = new Map<string, Life>();
    let [refused, started, global] = [false, false, false];
    const checkStream = (stream: Stream, own: Life): void => {
      if (!isFinal(own.last)) {
        report({
          subject: stream.key,
          reason: `${nameOf(stream)} never became COMPLETE or INCOMPLETE.`,
          advice: `${ORDER} Also emit INCOMPLETE for a stream that fails, and continue with the others.`,
        });
      } else if (own.states === 0 && !global && (own.last === 'COMPLETE' || own.records > 0)) {
        report({
          subject: stream.key,
          reason: `${nameOf(stream)} ended without any STATE.`,
          advice:
            'Emit at least one STATE for each stream, at its end, even without records and for a full refresh: destinations commit by STATE.',
        });
      }
    };
    return {
      message: (message) => {
        const {stream, type, payload} = message;
        if (isTraceError(message)) refused = true;
        if (type === 'STATE' && isObject(payload['global'])) global = true;
        if (stream === undefined) return;
        started = true;
        if (catalog === undefined && !streams.has(stream.key)) streams.set(stream.key, stream);
        const own = entry(lives, stream.key, life);
        if (type === 'RECORD') own.records += 1;
        if (type === 'STATE') own.states += 1;
        own.last = statusOf(message) ?? own.last;
      },
      end: (exit) => {
        const killed = exit !== undefined && (exit.signal !== null || exit.code === 143);
        if (killed || (command !== undefined && command !== 'read')) return;
        // A read that was rejected as a whole has not started any stream.
        if (refused && !started) return;
        for (const stream of streams.values()) checkStream(stream, entry(lives, stream.key, life));
      },
    };
  },
};
