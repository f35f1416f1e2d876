// Conforms the pages of one stream in one run, and warns of unknown fields and lost values.
import {countOf, type RawRecords, recordAt} from '../../json/raw-records.ts';
import type {JsonObject} from '../../json/values.ts';
import type {RecordChange, RecordPage} from '../../protocol/messages.ts';
import {type Conformed, type ConformOptions, compileConform} from './conform.ts';
import {watchDrift} from './drift.ts';
import {countLosses} from './losses.ts';

type ConformedPage = Pick<RecordPage, 'records' | 'changes'>;

export type StreamConform = {
  /** Leaves out records without any selected fields: Airbyte drops empty records silently, and then its counts do not match. */
  readonly page: (records: readonly object[]) => ConformedPage;
  /** Looks for unknown fields in some of the records that pass through. */
  readonly sample: (raw: RawRecords) => void;
  /** Returns warnings of nulled values, one for each field. */
  readonly end: () => readonly string[];
};

const hasFields = ({record}: Conformed): boolean => Object.keys(record).length > 0;

const pageOf = (conformed: readonly Conformed[]): ConformedPage => {
  const full = conformed.every(hasFields) ? conformed : conformed.filter(hasFields);
  const changes = new Map<number, readonly RecordChange[]>();
  for (const [index, {changes: altered}] of full.entries()) {
    if (altered !== undefined) changes.set(index, altered);
  }
  const records = full.map(({record}) => record);
  return changes.size === 0 ? {records} : {records, changes};
};

/** @param warn gets unknown fields when they are first seen */
export const conformStream = (
  schema: JsonObject,
  options: ConformOptions,
  warn: (message: string) => void,
): StreamConform => {
  const {apply} = compileConform(schema, options);
  const drift = watchDrift(schema);
  const counted = countLosses();
  const conform = (given: object): Conformed => {
    if (drift.isDue()) drift.look(given);
    const conformed = apply(given);
    if (conformed.losses !== undefined) counted.add(conformed.losses);
    if (conformed.oversize) counted.addOversize();
    return conformed;
  };
  const warnOfDrift = (): void => {
    const news = drift.news();
    if (news !== undefined) warn(news);
  };
  return {
    page: (records) => {
      const conformed = records.map(conform);
      warnOfDrift();
      return conformed.every(({record}, index) => record === records[index])
        ? {records}
        : pageOf(conformed);
    },
    sample: (raw) => {
      for (let index = 0; index < countOf(raw); index += 1) {
        if (drift.isDue()) drift.look(recordAt(raw, index));
      }
      warnOfDrift();
    },
    end: counted.summary,
  };
};
