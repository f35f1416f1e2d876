import type {Parser} from 'csv-parse';
import {messageOf, SystemError} from '../../errors.ts';
import {excerpt} from '../../json/trim.ts';
import {networkCode} from '../response/faults.ts';
import {inBatches} from './batches.ts';
import {inUtf8} from './charset.ts';
import {collect} from './collect.ts';
import type {About, Batch, Decoder} from './decoder.ts';
import {withFormat} from './other-format.ts';
import {openText} from './text.ts';
import {truncationError} from './truncated-body.ts';

type CsvOptions = {
  /** Separates two fields. Default `,`. */
  readonly delimiter?: string;
  /** The names of the fields, if the first row is a record. Default: the first row has the names. */
  readonly columns?: readonly string[];
  /**
   * An encoding's name on the web: `windows-1252`, `utf-16le`. Default: that of the byte order mark, else the `charset` of the
   * content-type, else UTF-8. Bytes in another encoding are an error.
   */
  readonly encoding?: string;
  /** Encloses a field; false if quotes are part of the values. Default `"`. */
  readonly quote?: string | false;
  /** Lines that begin with it are skipped: `#`. Default: no line is skipped. */
  readonly comment?: string;
};

const shown = (names: readonly string[]): string => excerpt(names.join(', '));

const named = (names: readonly string[], {where}: About): readonly string[] => {
  const empty = names.findIndex((name) => name.trim() === '');
  if (empty >= 0) {
    throw new SystemError(
      `${where}: column ${empty + 1} of the CSV has no name in the header (${shown(names)}). If there is no header, set \`columns\` to the names; else check \`delimiter\`.`,
    );
  }
  const seen = new Set<string>();
  const twice = names.find((name) => seen.size === seen.add(name).size);
  if (twice === undefined) return names;
  throw new SystemError(
    `${where}: the header of the CSV has "${excerpt(twice)}" twice (${shown(names)}), and a record can't hold both. If there is no header, set \`columns\` to the names.`,
  );
};

const TABLE_TYPE = /csv|tab-separated|excel|spreadsheet|octet-stream|zip/i;

/** A header of one name, without rows, may be a message: `Access denied.` */
const assertNoMessage = (name: string, {where, contentType = 'not given'}: About): void => {
  const isOther = /html|json|xml/i.test(contentType);
  if (!isOther && (!/\s/.test(name.trim()) || TABLE_TYPE.test(contentType))) return;
  throw new SystemError(
    `${where} answered with one line that is not a header of CSV (content-type ${contentType}): ${excerpt(name.trim())}. If it is the header of a table without rows, set \`columns\`, or let the API declare its content-type as text/csv.`,
  );
};

/** Rows become records after the names are known. Values stay strings, because CSV has no types. */
const rowReader = (columns: readonly string[] | undefined, about: About) => {
  let names = columns === undefined ? undefined : named(columns, about);
  let rows = 0;
  const read = (row: readonly string[], line: number): object | undefined => {
    if (row.length === 1 && row[0] === '' && names?.length !== 1) return undefined;
    if (names === undefined) {
      names = named(row, about);
      return undefined;
    }
    rows += 1;
    if (row.length === names.length) {
      return Object.fromEntries(names.map((name, index) => [name, row[index]]));
    }
    throw new SystemError(
      `${about.where}: line ${line} of the CSV has ${row.length} fields, but there are ${names.length} columns (${shown(names)}). Check \`delimiter\` and \`quote\`; else report this to the API's owner.`,
    );
  };
  const end = (): void => {
    const [name, ...others] = names ?? [];
    const hasOneName = columns === undefined && name !== undefined && others.length === 0;
    if (hasOneName && rows === 0) assertNoMessage(name, about);
  };
  return {read, end};
};

const explained = (error: unknown, {where}: About, limit: number): unknown => {
  const code = networkCode(error) ?? '';
  if (code === 'CSV_QUOTE_NOT_CLOSED') {
    return truncationError('CSV', where, 'a quoted field does not end', error);
  }
  if (code === 'CSV_MAX_RECORD_SIZE') {
    return new SystemError(
      `${where}: a row of the CSV is longer than ${limit} bytes, so a quote may not be closed. Check \`quote\`, or raise \`maxBodyBytes\`.`,
      {cause: error},
    );
  }
  return code.startsWith('CSV_') || code === 'INVALID_OPENING_QUOTE'
    ? new SystemError(
        `${where} answered with malformed CSV: ${excerpt(messageOf(error))}. Check \`delimiter\`; if quotes are part of the values, set \`quote: false\`; else report this to the API's owner.`,
        {cause: error},
      )
    : error;
};

/**
 * All of them end a line outside of quotes, whatever ends the first one: files are joined from others. CR CR LF is what a
 * program on Windows makes of CR LF. The longer ones come first, because the first that matches counts.
 */
const LINE_ENDS = ['\r\r\n', '\r\n', '\n\r', '\n', '\r'];

const write = (parser: Parser, text: string): Promise<void> =>
  new Promise((resolve, reject) => {
    parser.write(text, (error) => (error ? reject(error) : resolve()));
  });

const end = (parser: Parser): Promise<void> =>
  new Promise((resolve, reject) => {
    parser.once('error', reject);
    parser.end(resolve);
  });

async function* readRecords(
  chunks: AsyncIterable<Buffer>,
  options: CsvOptions,
  {limit, ...about}: About & {readonly limit: number},
): AsyncGenerator<Batch> {
  const {Parser: CsvParser} = await import('csv-parse');
  const reader = rowReader(options.columns, about);
  let records: object[] = [];
  const parser = new CsvParser({
    delimiter: options.delimiter ?? ',',
    quote: options.quote ?? '"',
    comment: options.comment ?? null,
    comment_no_infix: true,
    record_delimiter: [...LINE_ENDS],
    relax_column_count: true,
    max_record_size: limit,
    // Kept here, because the parser's own stream takes a microtask for each record.
    on_record: (row, {lines}) => {
      const record = reader.read(row, lines);
      if (record !== undefined) records.push(record);
    },
  });
  // The callbacks report the error; without a listener it would end the process.
  parser.on('error', () => {});
  const take = (bytes: number): Batch => {
    const batch = {records, bytes};
    records = [];
    return batch;
  };
  const expected = {format: 'CSV', beginsWithValue: options.columns !== undefined} as const;
  const text = openText('utf-8', about);
  try {
    const checked = withFormat(chunks, about, expected);
    for await (const chunk of inUtf8(checked, about, options.encoding)) {
      await write(parser, text.decode(chunk));
      yield take(chunk.length);
    }
    await write(parser, text.end());
    await end(parser);
    reader.end();
  } catch (error) {
    throw explained(error, about, limit);
  } finally {
    parser.destroy();
  }
  yield take(0);
}

/** Comma-separated values: records whose values are all strings, empty ones included. Do not set `records`. */
export const csv = (options: CsvOptions = {}): Decoder => ({
  accept: 'text/csv, */*;q=0.1',
  decode: (body, about) =>
    collect(body, about, (chunks) =>
      readRecords(chunks, options, {...about, limit: body.length + 1}),
    ),
  stream: (chunks, about) => inBatches(readRecords(chunks, options, about)),
});
