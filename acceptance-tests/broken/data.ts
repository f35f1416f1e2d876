// The spec, the catalog and the records of the healthy connector.
import type {Json} from './faults/hooks.ts';

export type Row = Readonly<Record<string, unknown>>;

export const healthySpec = (): Json => ({
  documentationUrl: 'https://example.com/docs',
  protocol_version: '0.2.0',
  connectionSpecification: {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Healthy',
    type: 'object',
    required: ['credentials'],
    additionalProperties: true,
    properties: {
      credentials: {
        type: 'object',
        title: 'Authentication',
        order: 0,
        oneOf: [
          {
            title: 'OAuth',
            type: 'object',
            required: ['method', 'refresh_token'],
            properties: {
              method: {type: 'string', const: 'oauth'},
              refresh_token: {type: 'string', airbyte_secret: true},
            },
          },
          {
            title: 'Token',
            type: 'object',
            required: ['method', 'api_token'],
            properties: {
              method: {type: 'string', const: 'token'},
              api_token: {type: 'string', airbyte_secret: true},
            },
          },
        ],
      },
      region: {type: 'string', enum: ['eu', 'us'], default: 'eu', order: 1},
      start_date: {
        type: ['string', 'null'],
        format: 'date',
        pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$',
        order: 2,
      },
      labels: {type: 'array', items: {type: 'string'}, order: 3, group: 'filters'},
      proxy: {
        type: 'object',
        required: ['host'],
        properties: {host: {type: 'string'}},
        order: 4,
      },
    },
  },
  advanced_auth: {
    auth_flow_type: 'oauth2.0',
    predicate_key: ['credentials', 'method'],
    predicate_value: 'oauth',
    oauth_config_specification: {
      complete_oauth_output_specification: {
        type: 'object',
        properties: {
          refresh_token: {
            type: 'string',
            path_in_connector_config: ['credentials', 'refresh_token'],
          },
        },
      },
    },
  },
});

const nullable = (type: string, more: Json = {}): Json => ({type: [type, 'null'], ...more});

const schema = (properties: Json): Json => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  additionalProperties: true,
  properties,
});

export const healthyCatalog = (): Json => ({
  streams: [
    {
      name: 'users',
      json_schema: schema({
        id: {type: 'integer'},
        name: nullable('string'),
        balance: nullable('number'),
        joined: nullable('string', {format: 'date'}),
        seen: nullable('string', {format: 'date-time'}),
        updated_at: {
          type: 'string',
          format: 'date-time',
          airbyte_type: 'timestamp_with_timezone',
        },
      }),
      supported_sync_modes: ['full_refresh', 'incremental'],
      source_defined_cursor: true,
      default_cursor_field: ['updated_at'],
      source_defined_primary_key: [['id']],
      is_resumable: true,
    },
    {
      name: 'events',
      json_schema: schema({
        id: {type: 'string'},
        actor: nullable('object', {properties: {login: nullable('string')}}),
        tags: nullable('array', {items: {type: 'string'}}),
        at: {type: 'string', format: 'date'},
      }),
      supported_sync_modes: ['full_refresh', 'incremental'],
      source_defined_cursor: true,
      default_cursor_field: ['at'],
      source_defined_primary_key: [['id']],
      is_resumable: true,
    },
  ],
});

const day = (number: number): string => `2026-01-${String(number).padStart(2, '0')}`;

const days = Array.from({length: 12}, (_, index) => index + 1);

/** The rows of each stream, in the order of its cursor. */
export const ROWS: Readonly<Record<string, readonly Row[]>> = {
  users: days.map((number) => ({
    id: number,
    name: `User ${number}`,
    balance: number * 1.25,
    joined: day(number),
    seen: `${day(number)}T12:00:00Z`,
    updated_at: `${day(number)}T00:00:00Z`,
  })),
  events: days.map((number) => ({
    id: `e${number}`,
    actor: {login: `user-${number}`},
    tags: ['new'],
    at: day(number),
  })),
};
