// From ../schemas/commits.json by `npm run generate`.
import type {Schema} from 'headwater';
import json from '../schemas/commits.json' with {type: 'json'};

export interface Commit {
  url?: null | string;
  sha?: null | string;
  node_id?: null | string;
  html_url?: null | string;
  comments_url?: null | string;
  commit?: null | {
    url?: null | string;
    author?: null | {
      name?: null | string;
      email?: null | string;
      date?: null | string;
    };
    committer?: null | {
      name?: null | string;
      email?: null | string;
      date?: null | string;
    };
    message?: null | string;
    comment_count?: null | number;
    tree?: null | {
      sha?: null | string;
      url?: null | string;
    };
    verification?: null | {
      verified?: null | boolean;
      reason?: null | string;
      payload?: null | string;
      signature?: null | string;
      verified_at?: null | string;
    };
  };
  author?: null | {
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
  committer?: null | {
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
  parents?:
    | null
    | (null | {
        sha?: null | string;
        url?: null | string;
        html_url?: null | string;
      })[];
  stats?: null | {
    additions?: null | number;
    deletions?: null | number;
    total?: null | number;
  };
  files?:
    | null
    | (null | {
        sha?: null | string;
        filename?: null | string;
        status?: null | string;
        additions?: null | number;
        deletions?: null | number;
        changes?: null | number;
        blob_url?: null | string;
        raw_url?: null | string;
        contents_url?: null | string;
        patch?: null | string;
        previous_filename?: null | string;
      })[];
  /**
   * The "owner/name" of the repository the record was read from; added by this source.
   */
  repository_full_name?: null | string;
  /**
   * The commit.committer.date of the commit, lifted to the top level as the cursor; added by this source.
   */
  committed_at?: null | string;
}

export const commits: Schema<Commit> = json;
