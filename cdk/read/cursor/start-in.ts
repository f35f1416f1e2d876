// `cursor.start` in the notation of the cursor. It often comes from a config, as ISO 8601, and `since` is handed to the API.
import type {Cursor} from '../../author/cursor.ts';
import type {CursorFormat, CursorValue} from '../../author/types.ts';
import {ConfigError} from '../../errors.ts';
import {excerpt} from '../../json/trim.ts';
import {iso} from './iso.ts';
import {type Moment, momentAt} from './moment.ts';
import {notationOf} from './rules.ts';

/** A value that shows how others are written. A pattern needs none. */
const MODELS: ReadonlyMap<CursorFormat, CursorValue> = new Map<CursorFormat, CursorValue>([
  ['epoch-s', 0],
  ['epoch-ms', 0],
  ['epoch-us', 0],
  ['rfc-2822', 'Thu, 01 Jan 1970 00:00:00 +0000'],
]);

const EXAMPLE = '2024-01-01T00:00:00Z';

/**
 * Finer digits than the notation has are cut off, so that the start is never later.
 * @param option its name in messages
 * @throws ConfigError if the start is neither in the cursor's notation nor in ISO 8601
 */
export const startIn = (
  option: string,
  {start, format}: Pick<Cursor, 'start' | 'format'>,
): CursorValue | undefined => {
  const notation = format && notationOf(format);
  if (start === undefined || notation?.read(start) !== undefined) return start;
  if (format === undefined || notation === undefined) return start;
  const write = (moment: Moment): CursorValue =>
    notation.writerLike(MODELS.get(format) ?? '').write(moment);
  const moment = iso.read(start);
  if (moment !== undefined) return write(moment);
  const example = write(iso.read(EXAMPLE) ?? momentAt(0));
  throw new ConfigError(
    `\`${option}\` is ${excerpt(JSON.stringify(start))}, which is not a time: write it as in ${EXAMPLE}, or as the API does, as in ${example}. If it comes from the config, correct it there.`,
  );
};
