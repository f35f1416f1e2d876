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
  'Emit STARTED, RUNNING at the first record, then COMPLETE or INCOMPLETE, once, at last.';

const isFinal = (status: string | undefined): boolean =>
  status === 'COMPLETE' || status === 'INCOMPLETE';

/** What is wrong with a status that comes now. */
const wrongStatus = (status: string, {first, last, ran, records}: Life): string | undefined => {
  if (isFinal(last)) return `${status} came after ${last}`;
  if (status === 'STARTED') {
    if (first !== undefined) return 'STARTED came twice';
    return records > 0 ? 'STARTED came after its first record' : undefined;
  }
  // A stream that can't be read at all may say just that.
  if (first === undefined && status !== 'INCOMPLETE') return `its first status is ${status}`;
  if (status !== 'COMPLETE' || ran) return undefined;
  return 'COMPLETE came without RUNNING before it';
};

export const statusOrder: Invariant = {
  name: 'status-order',
  about: 'Each stream says STARTED, RUNNING, then COMPLETE or INCOMPLETE, and nothing after that.',
  watch: (_about, tell) => {
    const lives = new Map<string, Life>();
    const observeOther = ({type}: Message, stream: Stream, own: Life): void => {
      if (type === 'RECORD') own.records += 1;
      if (!isFinal(own.last)) return;
      tell({
        reason: `A ${type} of ${nameOf(stream)} came after ${own.last}.`,
        advice: 'Emit the final status behind the last record and the last STATE.',
      });
    };
    const observeStatus = (status: string, stream: Stream, own: Life): void => {
      const wrong = wrongStatus(status, own);
      // Clients that look at statuses alone want RUNNING, but nothing is lost without it.
      const harmless = status === 'COMPLETE' && !isFinal(own.last) && own.records === 0;
      if (wrong !== undefined) {
        tell({
          severity: harmless ? 'warning' : 'error',
          reason: `Of the statuses of ${nameOf(stream)}, ${wrong}.`,
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
  watch: ({catalog, command}, tell) => {
    const streams = new Map<string, Stream>();
    for (const {stream} of configuredStreams(catalog).values()) streams.set(stream.key, stream);
    const lives = new Map<string, Life>();
    let [refused, started, global] = [false, false, false];
    const checkStream = (stream: Stream, own: Life): void => {
      if (!isFinal(own.last)) {
        tell({
          of: stream.key,
          reason: `${nameOf(stream)} never said COMPLETE or INCOMPLETE.`,
          advice: `${ORDER} Say INCOMPLETE for a stream that fails, too, and go on with the others.`,
        });
      } else if (own.states === 0 && !global && (own.last === 'COMPLETE' || own.records > 0)) {
        tell({
          of: stream.key,
          reason: `${nameOf(stream)} ended without any STATE.`,
          advice:
            'Emit at least one STATE for each stream, at its end, even without records and for a full refresh: destinations commit by it.',
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
        // A read that was refused as a whole has begun no stream.
        if (refused && !started) return;
        for (const stream of streams.values()) checkStream(stream, entry(lives, stream.key, life));
      },
    };
  },
};
