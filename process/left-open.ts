// Closes the outputs of a program that has ended, if a process that it started holds them open: they might stay open forever.
import type {ChildProcess} from 'node:child_process';
import {Socket} from 'node:net';
import type {Readable} from 'node:stream';
import {codeOf} from './errors.ts';

/** The time that outputs may stay open after the end of their program, in milliseconds. */
const GRACE = 2_000;

/** Milliseconds between two looks at an output. */
const INTERVAL = 100;

/** A pipe holds no more than that by default: https://man7.org/linux/man-pages/man7/pipe.7.html. What follows is of other processes. */
const MOST_OF_PROGRAM = 1024 * 1024;

type Watched = {
  readonly output: Readable;
  readonly bytesAtExit: number;
  bytes: number;
};

const bytesRead = (output: Readable): number => (output instanceof Socket ? output.bytesRead : 0);

/** True if nothing of the program is left to read: a slow reader leaves it in the buffer. */
const isRead = (watched: Watched): boolean => {
  const {output, bytesAtExit} = watched;
  const before = watched.bytes;
  watched.bytes = bytesRead(output);
  const isQuiet = watched.bytes === before && output.readableLength === 0;
  return isQuiet || watched.bytes - bytesAtExit > 2 * MOST_OF_PROGRAM;
};

/** True for the error of a loop over an output that was closed in this way. */
export const isLeftOpen = (error: unknown): boolean =>
  codeOf(error) === 'ERR_STREAM_PREMATURE_CLOSE';

/**
 * Watches the outputs from the end of the program on. All that the program itself wrote is still read.
 * @param onCut called once, before an output is closed
 */
export const closeLeftOpen = (
  child: ChildProcess,
  outputs: readonly Readable[],
  onCut: () => void,
): {readonly end: () => void} => {
  let timer: NodeJS.Timeout | undefined;
  let isCut = false;
  const start = (): void => {
    const open = outputs.map((output) => {
      const bytes = bytesRead(output);
      return {output, bytesAtExit: bytes, bytes};
    });
    const startedAt = performance.now();
    const look = (): void => {
      const done = open.filter((watched) => !watched.output.destroyed && isRead(watched));
      if (performance.now() - startedAt < GRACE || done.length === 0) return;
      if (!isCut) onCut();
      isCut = true;
      for (const {output} of done) output.destroy();
    };
    timer = setInterval(look, INTERVAL);
  };
  child.once('exit', start);
  return {
    end: () => {
      child.off('exit', start);
      clearInterval(timer);
    },
  };
};
