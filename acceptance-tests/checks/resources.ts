// The memory and the time that a connector may take.

import type {Check} from '../check-kit/check.ts';
import {runWith} from '../clients/client-check.ts';
import {baselineOf, define} from './resume.ts';

const MIB = 1024 * 1024;
const MEMORY = 512 * MIB;

const memory = define(
  'test_memory',
  'a read takes no more than 512 MiB, or what --max-memory says',
  async (entry, runs, {settings}) => {
    const limit = settings.limits?.memory ?? MEMORY;
    const baseline = await baselineOf(entry, runs);
    if (baseline === undefined) return {skipped: 'it needs a read that succeeds: see basic_read'};
    const {peakMemory} = baseline.run;
    if (peakMemory === undefined) return {skipped: 'its memory cannot be measured here'};
    const peak = `${Math.round(peakMemory / MIB)} MiB`;
    if (peakMemory <= limit) return {note: `${peak} at most`};
    return [
      {
        reason: `a read took ${peak}; ${Math.round(limit / MIB)} MiB are allowed`,
        advice:
          'Write records as they come, page by page, and wait while stdout is full: memory must not grow with the data.',
      },
    ];
  },
);

const START_UP = 5000;

const startUp = define(
  'test_start_up',
  'spec answers within 5 seconds, or what --max-start-up says',
  async (entry, runs, context) => {
    const limit = context.settings.limits?.startUp ?? START_UP;
    // The first may have had to be read from a disk; clients ask again and again.
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
        reason: `\`spec\` took ${took} ms; ${limit} ms are allowed`,
        advice: 'Load what only other commands need when they need it; ask no server for the spec.',
      },
    ];
  },
);

export const resources: readonly Check[] = [memory, startUp];
