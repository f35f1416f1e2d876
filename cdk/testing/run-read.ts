// Runs a read in this process and returns the messages that it would have printed.
import type {Stream} from '../author/stream-types.ts';
import {type OpenedClient, openHttpClient} from '../http/client.ts';
import {parseCatalog} from '../protocol/catalog.ts';
import type {AirbyteMessage} from '../protocol/generated/airbyte.ts';
import type {Emission} from '../protocol/messages.ts';
import {parseState} from '../protocol/state.ts';
import {planRead} from '../read/plan.ts';
import {readPlan} from '../read/read.ts';
import {printedLines} from './printed-lines.ts';
import {parseMessages} from './protocol.ts';

export type ReadSetUp = {
  readonly streams: readonly Stream[];
  /** A configured catalog. Default: every stream, incremental. */
  readonly catalog?: unknown;
  readonly state?: unknown;
  readonly signal?: AbortSignal;
  readonly now?: () => number;
  readonly isRetry?: boolean;
  /** Default: a client without an API, which opens no connection until something is sent. */
  readonly http?: Pick<OpenedClient, 'bind' | 'inFlight'>;
  /** Default 1. */
  readonly concurrency?: number;
};

export const catalogOf = (names: readonly string[], mode: string) => ({
  streams: names.map((name) => ({
    stream: {name, json_schema: {type: 'object'}, supported_sync_modes: ['full_refresh']},
    sync_mode: mode,
    destination_sync_mode: 'append',
  })),
});

export const startRead = ({streams, catalog, state, signal, http, ...more}: ReadSetUp) => {
  const {now = () => NOW, isRetry = false, concurrency = 1} = more;
  const names = streams.map(({name}) => name);
  const startedAt = now();
  const plan = planRead(
    parseCatalog(catalog ?? catalogOf(names, 'incremental')),
    streams,
    parseState(state),
    {startedAt, isRetry},
  );
  const until = signal ?? new AbortController().signal;
  return readPlan(plan, {
    signal: until,
    now,
    startedAt,
    concurrency,
    config: {},
    http: http ?? openHttpClient({}, {signal: until, log: () => {}}),
  });
};

/** The time of each run whose test sets none. */
export const NOW = Date.parse('2026-01-01T00:00:00Z');

const messagesOf = (emission: Emission): readonly AirbyteMessage[] =>
  parseMessages(printedLines(emission, (text) => text));

/** Runs a read to its end, and checks its messages against the protocol's schema. */
export const runRead = async (setUp: ReadSetUp) => {
  const reading = startRead(setUp);
  const messages: AirbyteMessage[] = [];
  try {
    for (;;) {
      const {done, value} = await reading.next();
      if (done) return {messages, complete: value, error: undefined};
      messages.push(...messagesOf(value));
    }
  } catch (error) {
    return {messages, complete: false, error};
  }
};

/** Abbreviates messages for tests about their order: `users STARTED`, `users {"id":1}`, `users STATE {…} 2`, `WARN …`. */
export const inShort = (messages: readonly AirbyteMessage[]): readonly string[] =>
  messages.map(({record, state, trace, log}) => {
    if (record) return `${record.stream} ${JSON.stringify(record.data)}`;
    if (state) {
      const {stream_descriptor, stream_state} = state.stream ?? {stream_descriptor: {name: '?'}};
      return `${stream_descriptor.name} STATE ${JSON.stringify(stream_state)} ${state.sourceStats?.recordCount}`;
    }
    if (trace?.stream_status) {
      return `${trace.stream_status.stream_descriptor.name} ${trace.stream_status.status}`;
    }
    if (trace?.error) {
      const {failure_type, stream_descriptor, message} = trace.error;
      return `${stream_descriptor?.name ?? 'all'} ${failure_type}: ${message}`;
    }
    return `${log?.level} ${log?.message}`;
  });
