// From ../schemas/issue_comments.json by `npm run generate`.
import type {Schema} from 'headwater';
import json from '../schemas/issue_comments.json' with {type: 'json'};

export interface IssueComment {
  /**
   * Unique identifier of the issue comment.
   */
  id?: null | number;
  node_id?: null | string;
  /**
   * URL for the issue comment.
   */
  url?: null | string;
  /**
   * Contents of the issue comment.
   */
  body?: null | string;
  body_text?: null | string;
  body_html?: null | string;
  html_url?: null | string;
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
  created_at?: null | string;
  updated_at?: null | string;
  issue_url?: null | string;
  /**
   * How the author is associated with the repository.
   */
  author_association?: null | string;
  performed_via_github_app?: null | {
    id?: null | number;
    slug?: null | string;
    node_id?: null | string;
    client_id?: null | string;
    owner?: null | {
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
      description?: null | string;
      website_url?: null | string;
      slug?: null | string;
      created_at?: null | string;
      updated_at?: null | string;
    };
    name?: null | string;
    description?: null | string;
    external_url?: null | string;
    html_url?: null | string;
    created_at?: null | string;
    updated_at?: null | string;
    permissions?: null | {
      [k: string]: unknown;
    };
    events?: null | (null | string)[];
    installations_count?: null | number;
  };
  reactions?: null | {
    url?: null | string;
    total_count?: null | number;
    '+1'?: null | number;
    '-1'?: null | number;
    laugh?: null | number;
    confused?: null | number;
    heart?: null | number;
    hooray?: null | number;
    eyes?: null | number;
    rocket?: null | number;
  };
  /**
   * Context around who pinned an issue comment and when it was pinned.
   */
  pin?: null | {
    pinned_at?: null | string;
    pinned_by?: null | {
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
  };
  /**
   * Details about why an issue comment was minimized.
   */
  minimized?: null | {
    reason?: null | string;
  };
  /**
   * The "owner/name" of the repository the record was read from; added by this source.
   */
  repository_full_name?: null | string;
}

export const issueComments: Schema<IssueComment> = json;
