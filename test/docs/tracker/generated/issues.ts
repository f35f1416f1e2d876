// The stream that the examples of docs/authoring.md are about.
import type {Schema} from 'headwater';

export type Issue = {
  readonly id: number;
  readonly number: number;
  readonly title: string;
  readonly repository: string;
  readonly archived: boolean;
  readonly created_at: string;
  readonly updated_at: string;
  readonly closed_at: string | null;
  readonly commit: {readonly committed_at: string};
};

/** What the API sends where it is not what the schema says. */
export type Raw = Omit<Issue, 'repository'> & {readonly repo: {readonly full_name: string}};

export const issues: Schema<Issue> = {
  type: 'object',
  additionalProperties: true,
  properties: {
    id: {type: 'integer'},
    number: {type: 'integer'},
    title: {type: 'string'},
    repository: {type: 'string'},
    archived: {type: 'boolean'},
    created_at: {type: 'string', format: 'date-time'},
    updated_at: {type: 'string', format: 'date-time'},
    closed_at: {type: ['null', 'string'], format: 'date-time'},
    commit: {
      type: 'object',
      additionalProperties: true,
      properties: {committed_at: {type: 'string', format: 'date-time'}},
    },
  },
};
