// Copies page after page to stdout, and reads only the cursor in each.
import {write} from 'node:fs';

const CURSOR = /"next_cursor":(\d+)/;

/** The cursor is in the first bytes of the pages of bench/peers/programs/server.js. */
const HEAD = 100;

/** @param fetch returns the body of a URL */
export const copyPages = async (fetch) => {
  const [, , origin, pages] = process.argv;
  for (let cursor = '0'; cursor !== undefined; ) {
    const body = await fetch(new URL(`/items?pages=${pages}&cursor=${cursor}`, origin));
    cursor = CURSOR.exec(body.latin1Slice(0, HEAD))?.[1];
    await new Promise((resolve) => write(1, body, 0, body.length, null, resolve));
  }
};
