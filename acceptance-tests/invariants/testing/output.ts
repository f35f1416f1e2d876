// The output of a healthy read, in pieces, for tests.
import type {Exit} from '../../../process/child.ts';
import {type About, type Finding, openLint} from '../lint.ts';

export const AT = 1_767_225_600_000;
export const PASSWORD = 'p&ss"wörd/1';

const schema = {
  type: 'object',
  properties: {
    id: {type: 'integer'},
    name: {type: ['null', 'string']},
    updated_at: {type: 'string', format: 'date-time'},
  },
};

export const catalog = {
  streams: [
    {
      stream: {
        name: 'users',
        json_schema: schema,
        supported_sync_modes: ['full_refresh', 'incremental'],
        source_defined_cursor: true,
        default_cursor_field: ['updated_at'],
        source_defined_primary_key: [['id']],
      },
      sync_mode: 'incremental',
      destination_sync_mode: 'append',
    },
  ],
};

const about: About = {
  command: 'read',
  catalog,
  config: {password: PASSWORD},
  spec: {
    connectionSpecification: {
      type: 'object',
      properties: {password: {type: 'string', airbyte_secret: true}},
    },
  },
};

type Data = Readonly<Record<string, unknown>>;

export const day = (number: number): string => `2026-01-0${number}T00:00:00Z`;

export const record = (id: number, more: Data = {}, stream: Data = {stream: 'users'}): string =>
  JSON.stringify({
    type: 'RECORD',
    record: {...stream, emitted_at: AT, data: {id, name: 'A', updated_at: day(id), ...more}},
  });

export const state = (cursor: number | string, recordCount: number, more: Data = {}): string =>
  JSON.stringify({
    type: 'STATE',
    state: {
      type: 'STREAM',
      stream: {
        stream_descriptor: {name: 'users'},
        stream_state: {updated_at: typeof cursor === 'number' ? day(cursor) : cursor},
      },
      sourceStats: {recordCount},
      ...more,
    },
  });

export const trace = (more: Data): string =>
  JSON.stringify({type: 'TRACE', trace: {emitted_at: AT, ...more}});

export const status = (text: string, descriptor: Data = {name: 'users'}): string =>
  trace({type: 'STREAM_STATUS', stream_status: {stream_descriptor: descriptor, status: text}});

export const error = trace({type: 'ERROR', error: {message: 'It broke.'}});

export const log = (message: string): string =>
  JSON.stringify({type: 'LOG', log: {level: 'INFO', message}});

export const [STARTED, RUNNING, COMPLETE, INCOMPLETE] = [
  'STARTED',
  'RUNNING',
  'COMPLETE',
  'INCOMPLETE',
].map((text) => status(text));

export const readOf = (
  ...middle: readonly (string | undefined)[]
): readonly (string | undefined)[] => [STARTED, RUNNING, ...middle, COMPLETE];

export const healthy = readOf(record(1), record(2), state(2, 2), record(3), state(3, 1));

export const lint = (
  lines: readonly (string | undefined)[],
  more: About = {},
  exit: Exit | undefined = {code: 0, signal: null},
): readonly Finding[] => {
  const {line, end} = openLint({...about, ...more});
  return [...lines.flatMap((text) => line(text ?? '')), ...end(exit)];
};

export const failed: Exit = {code: 1, signal: null};

/** The catalog without a primary key, and with another sync mode. */
export function keyless(mode = 'incremental') {
  return {
    streams: catalog.streams.map((one) => ({
      ...one,
      sync_mode: mode,
      stream: {...one.stream, source_defined_primary_key: []},
    })),
  };
}
