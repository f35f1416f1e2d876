// The memory and the time that a connector may take.

import type {Check} from '../check-kit/check.ts';
import {runWith} from '../clients/client-check.ts';
import {baselineOf, define} from './resume.ts';

const MIB = 1024 * 1024;
const MEMORY = 512 * MIB;

const NOT_MEASURED =
  'its memory could not be measured: this needs Linux, no image, and a read that lasts a moment';

const memory = define(
  'test_memory',
  'a read uses at most 512 MiB, or as much as --max-memory allows',
  async (entry, runs, {settings}) => {
    const limit = settings.limits?.memory ?? MEMORY;
    const baseline = await baselineOf(entry, runs);
    if (baseline === undefined) return {skipped: 'it needs a read that succeeds: see basic_read'};
    const {peakMemory} = baseline.run;
    if (peakMemory === undefined) return {skipped: NOT_MEASURED};
    const peak = `${Math.round(peakMemory / MIB)} MiB`;
    if (peakMemory <= limit) return {note: `${peak} at most`};
    return [
      {
        reason: `a read used ${peak}, but ${Math.round(limit / MIB)} MiB are allowed`,
        advice:
          'Write records page by page, and wait while stdout is full: memory must not grow with the data.',
      },
    ];
  },
);

const START_UP = 5000;

const startUp = define(
  'test_start_up',
  'spec ends within 5 seconds, or as many as --max-start-up allows',
  async (entry, runs, context) => {
    const limit = context.settings.limits?.startUp ?? START_UP;
    // The first run may have waited for the disk; clients run spec again and again.
    const times: number[] = [];
    for (let turn = 0; turn < 2; turn += 1) {
      const run = await runWith(context, runs, entry, 'spec');
      times.push(run.took);
      if (run.took <= limit) break;
    }
    const took = Math.min(...times);
    if (took <= limit) return {note: `${took} ms`};
    return [
      {
        reason: `\`spec\` took ${took} ms, but ${limit} ms are allowed`,
        advice:
          'Load modules that only other commands need when they run, and send no requests for the spec.',
      },
    ];
  },
);

export const resources: readonly Check[] = [memory, startUp];
