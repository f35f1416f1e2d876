// ISO 8601, and the similar formats of databases and languages.
import type {CursorValue} from '../../author/types.ts';
import {type Groups, layoutWriter, type Notation, type Part, readGroups, ZONE} from './layout.ts';
import type {Moment} from './moment.ts';

type Match = Groups & {readonly between?: string | undefined; readonly point?: string | undefined};

const ISO = new RegExp(
  `^(\\d{4})-(\\d{2})-(\\d{2})(?:([T ])(\\d{2}):(\\d{2})(?::(\\d{2})(?:([.,])(\\d+))?)?(${ZONE})?)?$`,
  'i',
);

const match = (value: CursorValue): Match | undefined => {
  const found = typeof value === 'string' ? ISO.exec(value) : null;
  if (found === null) return undefined;
  const [, year, month, day, between, hour, minute, second, point, fraction, zone] = found;
  return {year, month, day, between, hour, minute, second, point, fraction, zone};
};

/** Fast, because it runs for each record. Only days that exist: Date.parse takes February 30 for March 2. */
const COMMON =
  /^\d{4}-(?:\d\d-(?:[01]\d|2[0-8])|(?!02)\d\d-(?:29|30)|(?:0[13578]|1[02])-31)T\d\d:\d\d:\d\d(?:\.\d{3})?Z$/;

const readCommon = (value: CursorValue): Moment | undefined => {
  const ms = typeof value === 'string' && COMMON.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? undefined : {ms, finer: ''};
};

const text = (text: string): Part => ({text});

const partsOf = ({between, second, point, fraction, zone}: Match): readonly Part[] => [
  {field: 'year', digits: 4},
  text('-'),
  {field: 'month', digits: 2},
  text('-'),
  {field: 'day', digits: 2},
  ...(between === undefined
    ? []
    : ([
        text(between),
        {field: 'hour', digits: 2},
        text(':'),
        {field: 'minute', digits: 2},
      ] as const)),
  ...(second === undefined ? [] : ([text(':'), {field: 'second', digits: 2}] as const)),
  ...(point === undefined || fraction === undefined
    ? []
    : ([text(point), {field: 'fraction', digits: fraction.length}] as const)),
  ...(zone === undefined ? [] : [{zone}]),
];

/** `2026-01-31`, `2026-01-31T12:00:00.123Z`, `2026-01-31 12:00:00+02:00`; UTC without a zone. */
export const iso: Notation = {
  read: (value) => {
    const common = readCommon(value);
    if (common !== undefined) return common;
    const groups = match(value);
    return groups && readGroups(groups);
  },
  writerLike: (model) => layoutWriter(partsOf(match(model) ?? {})),
};
