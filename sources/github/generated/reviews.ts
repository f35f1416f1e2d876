// From ../schemas/reviews.json by `npm run generate`.
import type {Schema} from 'headwater';
import json from '../schemas/reviews.json' with {type: 'json'};

export interface Review {
  /**
   * Unique identifier of the review.
   */
  id?: null | number;
  node_id?: null | string;
  user?: null | {
    name?: null | string;
    email?: null | string;
    login?: null | string;
    id?: null | number;
    node_id?: null | string;
    avatar_url?: null | string;
    gravatar_id?: null | string;
    url?: null | string;
    html_url?: null | string;
    followers_url?: null | string;
    following_url?: null | string;
    gists_url?: null | string;
    starred_url?: null | string;
    subscriptions_url?: null | string;
    organizations_url?: null | string;
    repos_url?: null | string;
    events_url?: null | string;
    received_events_url?: null | string;
    type?: null | string;
    site_admin?: null | boolean;
    starred_at?: null | string;
    user_view_type?: null | string;
  };
  /**
   * The text of the review.
   */
  body?: null | string;
  /**
   * APPROVED, CHANGES_REQUESTED, COMMENTED, DISMISSED or PENDING.
   */
  state?: null | string;
  html_url?: null | string;
  pull_request_url?: null | string;
  _links?: null | {
    html?: null | {
      href?: null | string;
    };
    pull_request?: null | {
      href?: null | string;
    };
  };
  /**
   * Absent from a review that is pending.
   */
  submitted_at?: null | string;
  /**
   * The commit that was reviewed; null if it is gone.
   */
  commit_id?: null | string;
  body_html?: null | string;
  body_text?: null | string;
  /**
   * How the author is associated with the repository.
   */
  author_association?: null | string;
  /**
   * The "owner/name" of the repository the record was read from; added by this source.
   */
  repository_full_name?: null | string;
}

export const reviews: Schema<Review> = json;
