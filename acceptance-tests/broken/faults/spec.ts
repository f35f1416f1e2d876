// Faults of the spec.
import type {BrokenConnector, Json} from './hooks.ts';

/** Changes the properties of the connectionSpecification. */
const properties = (
  caughtBy: string,
  change: (properties: Json) => void,
  also: readonly string[] = [],
): BrokenConnector => ({
  caughtBy: `spec.${caughtBy}`,
  also,
  hooks: {
    spec: (spec) => {
      change(spec['connectionSpecification'].properties);
      return spec;
    },
  },
});

const changedSpec = (caughtBy: string, change: (spec: Json) => void): BrokenConnector => ({
  caughtBy: `spec.${caughtBy}`,
  hooks: {
    spec: (spec) => {
      change(spec);
      return spec;
    },
  },
});

const isSpec = ({type}: Json): boolean => type === 'SPEC';

export const specFaults: Readonly<Record<string, BrokenConnector>> = {
  'spec prints nothing': {
    caughtBy: 'spec.test_spec',
    hooks: {message: (message) => (isSpec(message) ? [] : [message])},
  },
  'spec prints two': {
    caughtBy: 'spec.test_spec',
    hooks: {message: (message) => (isSpec(message) ? [message, message] : [message])},
  },
  'spec ends with exit code 1': {
    caughtBy: 'spec.test_spec',
    hooks: {
      start: (command) => {
        if (command === 'spec') process.exitCode = 1;
        return undefined;
      },
    },
  },
  'the spec requires a property that the config does not have': changedSpec(
    'test_config_match_spec',
    (spec) => {
      spec['connectionSpecification'].required.push('region', 'start_date');
    },
  ),
  'the spec is not a valid schema': changedSpec('test_config_match_spec', (spec) => {
    spec['connectionSpecification'].required = 'credentials';
  }),
  'the spec is not the one that was saved': {
    caughtBy: 'spec.test_match_expected',
    hooks: {},
    entries: {spec: {spec_path: 'integration_tests/spec.json'}},
  },
  'an enum lists a value twice': properties(
    'test_enum_usage',
    ({region}) => {
      region.enum.push('eu');
    },
    // JSON Schema forbids it, too.
    ['spec.test_config_match_spec'],
  ),
  'a oneOf is not an object': properties('test_oneof_usage', ({credentials}) => {
    delete credentials.type;
  }),
  'options have no const': properties('test_oneof_usage', ({credentials}) => {
    for (const option of credentials.oneOf) {
      option.properties.method = {type: 'string', default: option.properties.method.const};
    }
  }),
  'two options have one const': properties('test_oneof_usage', ({credentials}) => {
    credentials.oneOf.push({
      ...structuredClone(credentials.oneOf[0]),
      required: ['method', 'refresh_token', 'never'],
      properties: {
        ...credentials.oneOf[0].properties,
        never: {type: 'string'},
      },
    });
  }),
  'an option has no properties': properties('test_oneof_usage', ({credentials}) => {
    credentials.oneOf.push({title: 'None', required: ['nothing']});
  }),
  'the default of an option is not its const': properties('test_oneof_usage', ({credentials}) => {
    credentials.oneOf[1].properties.method.default = 'oauth';
  }),
  'a token is not marked as a secret': properties(
    'test_secret_is_properly_marked',
    ({credentials}) => {
      delete credentials.oneOf[1].properties.api_token.airbyte_secret;
    },
  ),
  'an object is marked as a secret': properties('test_secret_is_properly_marked', ({proxy}) => {
    proxy.airbyte_secret = true;
  }),
  'a property has two types': properties('test_property_type_is_not_array', ({region}) => {
    region.type = ['string', 'integer'];
  }),
  'null comes before the type': properties('test_property_type_is_not_array', (all) => {
    all['start_date'].type = ['null', 'string'];
  }),
  'an object has no properties': properties('test_object_not_empty', (all) => {
    all['extra'] = {type: 'object'};
  }),
  'an array has items of booleans': properties('test_array_type', (all) => {
    all['flags'] = {type: 'array', items: {type: 'boolean'}};
  }),
  'an array has no items': properties('test_array_type', ({labels}) => {
    delete labels.items;
  }),
  'the spec uses allOf': properties('test_forbidden_complex_types', ({region}) => {
    region.allOf = [{minLength: 1}];
  }),
  'the spec uses not': properties('test_forbidden_complex_types', ({region}) => {
    region.not = {const: 'asia'};
  }),
  'the spec uses if': properties('test_forbidden_complex_types', ({region}) => {
    region.if = {const: 'asia'};
  }),
  'a date has no pattern': properties('test_date_pattern', (all) => {
    delete all['start_date'].pattern;
  }),
  'a pattern of a date has no format': properties('test_date_format', (all) => {
    delete all['start_date'].format;
  }),
  'two properties have one order': properties('test_duplicate_order', ({region}) => {
    region.order = 0;
  }),
  'a nested property has a group': properties('test_nested_group', ({proxy}) => {
    proxy.properties.host.group = 'filters';
  }),
  'a string has a display_type': properties('test_display_type', ({region}) => {
    region.display_type = 'radio';
  }),
  'a display_type is unknown': properties('test_display_type', ({credentials}) => {
    credentials.display_type = 'tabs';
  }),
  'the spec has a $ref': changedSpec('test_defined_refs_exist_in_json_spec_file', (spec) => {
    spec['connectionSpecification'].definitions = {text: {type: 'string'}};
    spec['connectionSpecification'].properties.region = {$ref: '#/definitions/text'};
  }),
  'the spec requires a property that it does not have': properties('test_required', ({proxy}) => {
    proxy.required.push('port');
  }),
  'advanced_auth names a property that does not exist': changedSpec(
    'test_oauth_flow_parameters',
    ({advanced_auth: auth}) => {
      const output = auth.oauth_config_specification.complete_oauth_output_specification;
      output.properties.refresh_token.path_in_connector_config = ['refresh_token'];
    },
  ),
  'OAuth is not the first option': properties('test_oauth_is_default_method', ({credentials}) => {
    credentials.oneOf.reverse();
  }),
  'the spec allows no other properties': changedSpec(
    'test_additional_properties_is_true',
    (spec) => {
      spec['connectionSpecification'].additionalProperties = false;
    },
  ),
};
