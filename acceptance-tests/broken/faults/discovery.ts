// Faults of the catalog.
import type {BrokenConnector, Json} from './hooks.ts';

/** Changes the two streams of the catalog. */
const streams = (
  caughtBy: string,
  change: (users: Json, events: Json) => void,
): BrokenConnector => ({
  caughtBy: `discovery.${caughtBy}`,
  hooks: {
    catalog: (catalog) => {
      const [users, events] = catalog['streams'];
      change(users, events);
      return catalog;
    },
  },
});

const isCatalog = ({type}: Json): boolean => type === 'CATALOG';

export const discoveryFaults: Readonly<Record<string, BrokenConnector>> = {
  'discover prints nothing': {
    caughtBy: 'discovery.test_discover',
    hooks: {message: (message) => (isCatalog(message) ? [] : [message])},
  },
  'discover prints two catalogs': {
    caughtBy: 'discovery.test_discover',
    hooks: {message: (message) => (isCatalog(message) ? [message, message] : [message])},
  },
  'discover fails': {
    caughtBy: 'discovery.test_discover',
    hooks: {
      start: (command, {fail}) => {
        if (command !== 'discover') return undefined;
        fail('It failed.');
        return 'stop';
      },
    },
  },
  'two streams have one name': {
    caughtBy: 'discovery.test_discover',
    hooks: {
      catalog: ({streams: [users, events]}) => ({streams: [users, events, events]}),
    },
  },
  'a schema is not valid': streams('test_streams_have_valid_json_schemas', (users) => {
    users['json_schema'].required = 'id';
  }),
  'a cursor is not in the schema': streams('test_defined_cursors_exist_in_schema', (users) => {
    users['default_cursor_field'] = ['changed_at'];
  }),
  'a schema has a $ref': streams('test_defined_refs_exist_in_schema', (users) => {
    users['json_schema'].definitions = {text: {type: ['string', 'null']}};
    users['json_schema'].properties.name = {$ref: '#/definitions/text'};
  }),
  'a schema uses allOf': streams('test_defined_keyword_exist_in_schema', (users) => {
    users['json_schema'].properties.name.allOf = [{minLength: 1}];
  }),
  'a primary key is not in the schema': streams(
    'test_primary_keys_exist_in_schema',
    (_users, events) => {
      events['json_schema'].properties.actor = {type: ['object', 'null']};
      events['source_defined_primary_key'] = [['actor', 'login']];
    },
  ),
  'a stream has no sync mode': streams('test_streams_has_sync_modes', (users) => {
    users['supported_sync_modes'] = [];
  }),
  'a schema allows no other fields': streams('test_additional_properties_is_true', (users) => {
    users['json_schema'].additionalProperties = false;
  }),
  'a primary key may be an object': streams('test_primary_keys_data_type', (_users, events) => {
    events['json_schema'].properties.id.type = ['string', 'object'];
  }),
  'a format is none of the protocol': streams('test_catalog_has_supported_data_types', (users) => {
    users['json_schema'].properties.name.format = 'email';
  }),
  'an airbyte_type is made up': streams('test_catalog_has_supported_data_types', (users) => {
    users['json_schema'].properties.updated_at.airbyte_type = 'timestamp';
  }),
  'an airbyte_type does not fit its type': streams(
    'test_catalog_has_supported_data_types',
    (users) => {
      users['json_schema'].properties.name.airbyte_type = 'integer';
    },
  ),
  'a field has no type': streams('test_catalog_has_supported_data_types', (users) => {
    users['json_schema'].properties.name = {};
  }),
};
