// The comments of an issue, in the examples of docs/authoring.md.
import type {Schema} from 'headwater';

export type Comment = {readonly id: number; readonly created_at: string};

export const comments: Schema<Comment> = {
  type: 'object',
  additionalProperties: true,
  properties: {id: {type: 'integer'}, created_at: {type: 'string', format: 'date-time'}},
};
