// The records of a stream on their way to stdout: in their form, counted, and after the stream's RUNNING.

import {countOf, type RawRecords} from '../json/raw-records.ts';
import type {StreamDescriptor} from '../protocol/generated/airbyte.ts';
import {type RecordPage, rawPage, streamStatus} from '../protocol/messages.ts';
import type {StreamConform} from './conform/conform-stream.ts';
import type {StreamRun} from './stream-run.ts';

export type Output = {
  /**
   * Emits records in their form.
   * @param bytes the size of the response that held them
   */
  readonly emit: (records: readonly object[], bytes?: number) => Promise<void>;
  /** Emits records as the bytes that came. */
  readonly emitRaw: (raw: RawRecords, bytes: number | undefined) => Promise<void>;
  /** How many records were emitted. */
  readonly total: () => number;
};

export const openOutput = (
  stream: StreamDescriptor,
  conform: StreamConform,
  run: StreamRun,
): Output => {
  let hasBegun = false;
  let total = 0;
  const emitPage = async (
    count: number,
    pageAt: (emittedAt: number) => RecordPage,
    bytes: number | undefined,
  ): Promise<void> => {
    if (count === 0) return;
    if (!hasBegun) {
      hasBegun = true;
      await run.emit(streamStatus(stream, 'RUNNING', run.now()));
    }
    // No STATE may come between the count and the page.
    total += count;
    await run.emitPage(pageAt(run.now()), bytes);
  };
  return {
    emit: async (records, bytes) => {
      const page = conform.page(records);
      await emitPage(
        page.records.length,
        (emittedAt) => ({type: 'PAGE', stream, ...page, emittedAt}),
        bytes,
      );
    },
    emitRaw: async (raw, bytes) => {
      conform.sample(raw);
      await emitPage(countOf(raw), (emittedAt) => rawPage(stream, raw, emittedAt), bytes);
    },
    total: () => total,
  };
};
