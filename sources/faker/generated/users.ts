// From ../schemas/users.json by `npm run generate`.
import type {Schema} from 'headwater';
import json from '../schemas/users.json' with {type: 'json'};

export interface User {
  id?: null | number;
  uuid?: null | string;
  created_at?: null | string;
  updated_at?: null | string;
  name?: null | string;
  title?: null | string;
  email?: null | string;
  telephone?: null | string;
  gender?: null | string;
  age?: null | number;
  /**
   * In metres.
   */
  height?: null | number;
  /**
   * In kilograms.
   */
  weight?: null | number;
  blood_type?: null | string;
  language?: null | string;
  nationality?: null | string;
  occupation?: null | string;
  academic_degree?: null | string;
  address?: null | {
    street_name?: null | string;
    street_number?: null | string;
    city?: null | string;
    province?: null | string;
    postal_code?: null | string;
    state?: null | string;
    country_code?: null | string;
  };
}

export const users: Schema<User> = json;
