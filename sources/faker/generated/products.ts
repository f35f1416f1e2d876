// From ../schemas/products.json by `npm run generate`.
import type {Schema} from 'headwater';
import json from '../schemas/products.json' with {type: 'json'};

export interface Product {
  id?: null | number;
  make?: null | string;
  model?: null | string;
  year?: null | number;
  price?: null | number;
  created_at?: null | string;
  updated_at?: null | string;
}

export const products: Schema<Product> = json;
