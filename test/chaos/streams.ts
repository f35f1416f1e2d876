// Streams over an API that changes while it is read: one kind for each way in which the kit reads.

import {parent, type Slices} from '../../cdk/author/slices.ts';
import {page, stream} from '../../cdk/author/stream.ts';
import type {Stream} from '../../cdk/author/stream-value.ts';
import type {CursorValue, Page, Schema} from '../../cdk/author/types.ts';
import type {HttpClient} from '../../cdk/http/client.ts';
import type {JsonObject} from '../../cdk/json/values.ts';
import type {Answer, Ask, CollectionSpec, Row} from './api.ts';

/** A stream, as plain JSON. */
export type ChaosStream = CollectionSpec & {
  /** Without one all of it is read each time. */
  readonly hasCursor: boolean;
  /** Absent: the stream is read in one piece. */
  readonly slices?: readonly string[];
  /** The stream whose records are the slices of this one. */
  readonly parent?: {readonly name: string; readonly incremental: boolean};
  /** Read for its children only. */
  readonly isHidden?: boolean;
  /** In milliseconds; 0: none. */
  readonly lookback: number;
  /** In days; 0: none. */
  readonly window: number;
  /** In milliseconds; 0: not at all. */
  readonly resumable: number;
  readonly checkpointInterval: number;
  /** When the first record may have come, in epoch milliseconds. */
  readonly start: number;
};

export type ChaosRecord = {
  readonly id: number;
  readonly part: string;
  readonly version: number;
  readonly updated_at: string;
};

const schema: Schema<ChaosRecord> = {
  type: 'object',
  properties: {id: {}, part: {}, version: {}, updated_at: {}},
};

type Part = {readonly part: string};

export const DAY = 24 * 3_600_000;

/** As the API writes a time: to the millisecond, the second, or the day. */
const timeText = (time: number, tick: number): string => {
  const text = new Date(time).toISOString();
  if (tick >= DAY) return text.slice(0, 10);
  return tick >= 1_000 ? text.replace(/\.\d+Z$/, 'Z') : text;
};

const timeOf = (value: CursorValue | undefined): number | undefined =>
  value === undefined ? undefined : Date.parse(String(value));

/** How a slice is called in a state. */
export const keyOf = (slice: string): string => (slice === '' ? '' : `part=${slice}`);

const recordOf = ({id, version, changedAt}: Row, part: string, tick: number): ChaosRecord => ({
  id,
  part,
  version,
  updated_at: timeText(changedAt, tick),
});

const cursorOf = ({hasCursor, lookback, order, tick, filters, start}: ChaosStream) => ({
  cursor: {
    field: 'updated_at' as const,
    order,
    start: timeText(start, tick),
    ...(lookback > 0 && {lookback: {seconds: lookback / 1_000}}),
    // Of a list whose newest come first the kit reads the first pages only.
    clientSide: !filters && order !== 'descending' && hasCursor,
  },
});

const slicesOf = (
  {slices, parent: above}: ChaosStream,
  built: ReadonlyMap<string, Stream<ChaosRecord>>,
): (() => readonly Part[]) | Slices<Part> | undefined => {
  const parentStream = above && built.get(above.name);
  if (parentStream !== undefined) {
    return parent(parentStream, ({id}) => ({part: String(id)}), above);
  }
  return slices && (() => slices.map((part) => ({part})));
};

/**
 * Parents go before their children.
 * @param ask a request; all that `read` waits for
 */
export const chaosStreams = (
  specs: readonly ChaosStream[],
  ask: (ask: Ask, http: HttpClient) => Promise<Answer>,
): readonly Stream<ChaosRecord>[] => {
  const built = new Map<string, Stream<ChaosRecord>>();
  for (const spec of specs) {
    const {name, tick, window, resumable, checkpointInterval, hasCursor} = spec;
    const slices = slicesOf(spec, built);
    const one = stream<ChaosRecord, Partial<Part>>({
      name,
      schema,
      primaryKey: ['id'],
      checkpointInterval: {milliseconds: checkpointInterval},
      ...(hasCursor && cursorOf(spec)),
      ...(slices && {slices}),
      ...(window > 0 && {window: {days: window}}),
      ...(resumable > 0 && {resumable: {seconds: resumable / 1_000}}),
      async *read({http, slice, since, until, resume}): AsyncGenerator<Page<ChaosRecord>> {
        const {part = ''} = slice;
        const query = {collection: name, slice: part, since: timeOf(since), until: timeOf(until)};
        let at: JsonObject | undefined = resume;
        do {
          const {rows, next}: Answer = await ask({...query, at}, http);
          const records = rows.map((row) => recordOf(row, part, tick));
          yield page(records, resumable > 0 && next ? {resume: next} : {});
          at = next;
        } while (at);
      },
    });
    built.set(name, one);
  }
  return [...built.values()];
};
