// From ../schemas/labels.json by `npm run generate`.
import type {Schema} from 'headwater';
import json from '../schemas/labels.json' with {type: 'json'};

export interface Label {
  /**
   * Unique identifier for the label.
   */
  id?: null | number;
  node_id?: null | string;
  /**
   * URL for the label.
   */
  url?: null | string;
  /**
   * The name of the label.
   */
  name?: null | string;
  /**
   * Optional description of the label, such as its purpose.
   */
  description?: null | string;
  /**
   * 6-character hex code, without the leading #, identifying the color.
   */
  color?: null | string;
  /**
   * Whether this label comes by default in a new repository.
   */
  default?: null | boolean;
  /**
   * The "owner/name" of the repository the record was read from; added by this source.
   */
  repository_full_name?: null | string;
}

export const labels: Schema<Label> = json;
