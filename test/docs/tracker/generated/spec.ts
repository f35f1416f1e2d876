// The config of the examples' source.
import type {Spec} from 'headwater';

type Config = {
  readonly api_url: string;
  readonly token: string;
  readonly repository: string;
  readonly start_date?: string;
};

export const spec: Spec<Config> = {
  connectionSpecification: {
    type: 'object',
    required: ['token', 'repository'],
    properties: {
      api_url: {type: 'string', default: 'https://tracker.example.com/api'},
      token: {type: 'string', airbyte_secret: true},
      repository: {type: 'string'},
      start_date: {type: 'string', format: 'date-time'},
    },
  },
};
