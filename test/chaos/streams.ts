// Streams of an API that changes while it is read: one for each way in which the kit reads.

import {parent, type Slices} from '../../cdk/author/slices.ts';
import {page, stream} from '../../cdk/author/stream.ts';
import type {Stream} from '../../cdk/author/stream-types.ts';
import type {CursorValue, Page, Schema} from '../../cdk/author/types.ts';
import type {HttpClient} from '../../cdk/http/client.ts';
import type {JsonObject} from '../../cdk/json/values.ts';
import type {ChaosRequest, ChaosResponse, CollectionSpec, Row} from './api.ts';

/** The JSON of a stream. */
export type ChaosStream = CollectionSpec & {
  /** Without a cursor everything is read each time. */
  readonly hasCursor: boolean;
  /** Absent: the stream has no slices. */
  readonly slices?: readonly string[];
  /** Its records are the slices of this stream. */
  readonly parent?: {readonly name: string; readonly incremental: boolean};
  /** Read for its children only. */
  readonly isHidden?: boolean;
  /** In milliseconds; 0: no lookback. */
  readonly lookback: number;
  /** In days; 0: no windows. */
  readonly window: number;
  /** In milliseconds; 0: not resumable. */
  readonly resumable: number;
  readonly checkpointInterval: number;
  /** Not later than the first record, in epoch milliseconds. */
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

/** The API's notation of a time, exact to the millisecond, the second or the day. */
const printTime = (time: number, tick: number): string => {
  const text = new Date(time).toISOString();
  if (tick >= DAY) return text.slice(0, 10);
  return tick >= 1_000 ? text.replace(/\.\d+Z$/, 'Z') : text;
};

const timeOf = (value: CursorValue | undefined): number | undefined =>
  value === undefined ? undefined : Date.parse(String(value));

/** The key of a slice in a state. */
export const keyOf = (slice: string): string => (slice === '' ? '' : `part=${slice}`);

const recordOf = ({id, version, changedAt}: Row, part: string, tick: number): ChaosRecord => ({
  id,
  part,
  version,
  updated_at: printTime(changedAt, tick),
});

const cursorOf = ({hasCursor, lookback, order, tick, filters, start}: ChaosStream) => ({
  cursor: {
    field: 'updated_at' as const,
    order,
    start: printTime(start, tick),
    ...(lookback > 0 && {lookback: {seconds: lookback / 1_000}}),
    // Of a list with the newest records first the kit reads only the first pages.
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
 * @param specs parents before their children
 * @param send sends a request; `read` waits for nothing else
 */
export const chaosStreams = (
  specs: readonly ChaosStream[],
  send: (request: ChaosRequest, http: HttpClient) => Promise<ChaosResponse>,
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
          const {rows, next}: ChaosResponse = await send({...query, at}, http);
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
