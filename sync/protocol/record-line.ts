// Finds the record in a line of a source without parsing it: its bytes are landed as they came, so no number, no string and no
// order of fields changes. A line that is odd in any way is left to messages.ts, which parses it.
import {
  eachValue,
  FAULT,
  isEscapedKey,
  isKey,
  isObjectAt,
  QUOTE,
  skipSpace,
  skipValue,
} from '../../cdk/json/bytes.ts';
import {descriptorOf} from '../../cdk/protocol/catalog.ts';
import type {StreamDescriptor} from '../../cdk/protocol/generated/airbyte.ts';
import type {RecordMessage} from './messages.ts';

const TYPE = Buffer.from('type');
const RECORD_TYPE = Buffer.from('"RECORD"');
const RECORD = Buffer.from('record');
const STREAM = Buffer.from('stream');
const NAMESPACE = Buffer.from('namespace');
const DATA = Buffer.from('data');

/** The place of a value in the line. `end` is 0 until it is found. */
type Place = {start: number; end: number};

const newPlace = (): Place => ({start: 0, end: 0});

/** Says whether the fields of an object differ from each other, quickly if they are those of the object before. */
const openFieldCheck = () => {
  let last: readonly Buffer[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  let count = 0;
  let areLast = true;
  const differ = (line: Buffer): boolean => {
    const fields = new Map<string, Buffer>();
    for (let index = 0; index < count; index += 1) {
      const key = line.subarray(starts[index], ends[index]);
      if (isEscapedKey(key, 0, key.length)) return false;
      fields.set(key.toString('latin1'), key);
    }
    if (fields.size < count) return false;
    last = [...fields.values()].map((key) => Buffer.from(key));
    return true;
  };
  return {
    begin: (): void => {
      count = 0;
      areLast = true;
    },
    add: (line: Buffer, start: number, end: number): void => {
      starts[count] = start;
      ends[count] = end;
      const key = last[count];
      areLast &&= key !== undefined && isKey(line, start, end, key);
      count += 1;
    },
    /** False if two fields have the same name, or if an escape hides a name. */
    allDiffer: (line: Buffer): boolean => (areLast && count === last.length) || differ(line),
  };
};

/** Reads lines of one source. Records of a stream share its descriptor. */
export const openRecordReader = (): ((line: Buffer) => RecordMessage | undefined) => {
  const streams = new Map<string, StreamDescriptor>();
  const fields = openFieldCheck();
  const places = {type: newPlace(), record: newPlace(), stream: newPlace(), namespace: newPlace()};
  const data = newPlace();
  let line: Buffer = Buffer.alloc(0);

  /** A part that comes twice is odd. */
  const take = (place: Place, start: number, end: number): number => {
    if (place.end !== 0) return FAULT;
    place.start = start;
    place.end = end;
    return end;
  };
  const other = (start: number, keyStart: number, keyEnd: number): number =>
    isEscapedKey(line, keyStart, keyEnd) ? FAULT : skipValue(line, start);
  const visitField = (start: number, keyStart: number, keyEnd: number): number => {
    fields.add(line, keyStart, keyEnd);
    return skipValue(line, start);
  };
  const takeData = (start: number): number => {
    if (!isObjectAt(line, start)) return FAULT;
    fields.begin();
    const end = eachValue(line, start, visitField);
    return end > 0 && fields.allDiffer(line) ? take(data, start, end) : FAULT;
  };
  const visitRecord = (start: number, keyStart: number, keyEnd: number): number => {
    if (isKey(line, keyStart, keyEnd, DATA)) return takeData(start);
    if (isKey(line, keyStart, keyEnd, STREAM)) {
      return take(places.stream, start, skipValue(line, start));
    }
    return isKey(line, keyStart, keyEnd, NAMESPACE)
      ? take(places.namespace, start, skipValue(line, start))
      : other(start, keyStart, keyEnd);
  };
  const visitMessage = (start: number, keyStart: number, keyEnd: number): number => {
    if (isKey(line, keyStart, keyEnd, RECORD)) {
      if (!isObjectAt(line, start)) return FAULT;
      return take(places.record, start, eachValue(line, start, visitRecord));
    }
    if (!isKey(line, keyStart, keyEnd, TYPE)) return other(start, keyStart, keyEnd);
    const end = skipValue(line, start);
    return isKey(line, start, end, RECORD_TYPE) ? take(places.type, start, end) : FAULT;
  };
  const streamAt = ({stream, namespace}: typeof places): StreamDescriptor => {
    const name = line.toString('latin1', stream.start, stream.end);
    const space = line.toString('latin1', namespace.start, namespace.end);
    const key = name + space;
    const known = streams.get(key);
    if (known !== undefined) return known;
    const parse = ({start, end}: Place) => JSON.parse(line.toString('utf8', start, end) || 'null');
    const descriptor = descriptorOf(parse(stream), parse(namespace));
    streams.set(key, descriptor);
    return descriptor;
  };
  return (given) => {
    if (!isObjectAt(given, 0)) return undefined;
    line = given;
    for (const place of Object.values(places)) place.end = 0;
    data.end = 0;
    const end = eachValue(line, 0, visitMessage);
    const {type, stream} = places;
    const isWhole = end > 0 && skipSpace(line, end) === line.length;
    const hasParts = type.end > 0 && data.end > 0 && stream.end > 0;
    if (!isWhole || !hasParts || line[stream.start] !== QUOTE) return undefined;
    return {type: 'RECORD', stream: streamAt(places), data: line.subarray(data.start, data.end)};
  };
};
