// From ../schemas/purchases.json by `npm run generate`.
import type {Schema} from 'headwater';
import json from '../schemas/purchases.json' with {type: 'json'};

export interface Purchase {
  id?: null | number;
  user_id?: null | number;
  product_id?: null | number;
  created_at?: null | string;
  updated_at?: null | string;
  added_to_cart_at?: null | string;
  /**
   * Null where the cart was left behind.
   */
  purchased_at?: null | string;
  returned_at?: null | string;
}

export const purchases: Schema<Purchase> = json;
