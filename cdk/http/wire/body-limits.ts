// The largest bodies, unpacked. A few bytes can unpack without end, so what was sent counts for a download too.

/** Of a response in memory. */
export const MAX_BODY_BYTES = 256 * 1024 ** 2;

const MAX_DOWNLOAD_BYTES = 16 * 1024 ** 3;

/** Text is packed 3 to 30 times, logs and sparse tables up to 100. The default of Apache's own limit. */
const MAX_RATIO = 200;

/** Below this size no ratio is too large. */
const FREE_BYTES = 64 * 1024 ** 2;

/** @param sent the bytes that came over the wire so far */
export const largestDownload = (
  set: number | undefined,
  sent: number,
): {readonly bytes: number; readonly advice: string} => {
  if (set !== undefined || sent * MAX_RATIO >= MAX_DOWNLOAD_BYTES) {
    return {
      bytes: set ?? MAX_DOWNLOAD_BYTES,
      advice: 'Request a smaller part, or raise `maxDownloadBytes`.',
    };
  }
  return {
    bytes: Math.max(FREE_BYTES, sent * MAX_RATIO),
    advice: `That is over ${MAX_RATIO} times what was sent, so it may have no end. If it is right, set \`maxDownloadBytes\`.`,
  };
};
