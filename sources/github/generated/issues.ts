// From ../schemas/issues.json by `npm run generate`.
import type {Schema} from 'headwater';
import json from '../schemas/issues.json' with {type: 'json'};

export interface Issue {
  id?: null | number;
  node_id?: null | string;
  /**
   * URL for the issue.
   */
  url?: null | string;
  repository_url?: null | string;
  labels_url?: null | string;
  comments_url?: null | string;
  events_url?: null | string;
  html_url?: null | string;
  /**
   * Number uniquely identifying the issue within its repository.
   */
  number?: null | number;
  /**
   * State of the issue: open or closed.
   */
  state?: null | string;
  /**
   * The reason for the current state.
   */
  state_reason?: null | string;
  /**
   * Title of the issue.
   */
  title?: null | string;
  /**
   * Contents of the issue.
   */
  body?: null | string;
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
   * The labels of the issue.
   */
  labels?:
    | null
    | (null | {
        id?: null | number;
        node_id?: null | string;
        url?: null | string;
        name?: null | string;
        description?: null | string;
        color?: null | string;
        default?: null | boolean;
      })[];
  assignee?: null | {
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
  assignees?:
    | null
    | (null | {
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
      })[];
  /**
   * A collection of related issues and pull requests.
   */
  milestone?: null | {
    url?: null | string;
    html_url?: null | string;
    labels_url?: null | string;
    id?: null | number;
    node_id?: null | string;
    number?: null | number;
    state?: null | string;
    title?: null | string;
    description?: null | string;
    creator?: null | {
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
    open_issues?: null | number;
    closed_issues?: null | number;
    created_at?: null | string;
    updated_at?: null | string;
    closed_at?: null | string;
    due_on?: null | string;
  };
  locked?: null | boolean;
  active_lock_reason?: null | string;
  comments?: null | number;
  pull_request?: null | {
    merged_at?: null | string;
    diff_url?: null | string;
    html_url?: null | string;
    patch_url?: null | string;
    url?: null | string;
  };
  closed_at?: null | string;
  created_at?: null | string;
  updated_at?: null | string;
  draft?: null | boolean;
  closed_by?: null | {
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
  body_html?: null | string;
  body_text?: null | string;
  timeline_url?: null | string;
  /**
   * The issue type; only in repositories where issue types are supported.
   */
  type?: null | {
    id?: null | number;
    node_id?: null | string;
    name?: null | string;
    description?: null | string;
    color?: null | string;
    created_at?: null | string;
    updated_at?: null | string;
    is_enabled?: null | boolean;
  };
  repository?: null | {
    id?: null | number;
    node_id?: null | string;
    name?: null | string;
    full_name?: null | string;
    license?: null | {
      [k: string]: unknown;
    };
    forks?: null | number;
    permissions?: null | {
      [k: string]: unknown;
    };
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
    };
    private?: null | boolean;
    html_url?: null | string;
    description?: null | string;
    fork?: null | boolean;
    url?: null | string;
    archive_url?: null | string;
    assignees_url?: null | string;
    blobs_url?: null | string;
    branches_url?: null | string;
    collaborators_url?: null | string;
    comments_url?: null | string;
    commits_url?: null | string;
    compare_url?: null | string;
    contents_url?: null | string;
    contributors_url?: null | string;
    deployments_url?: null | string;
    downloads_url?: null | string;
    events_url?: null | string;
    forks_url?: null | string;
    git_commits_url?: null | string;
    git_refs_url?: null | string;
    git_tags_url?: null | string;
    git_url?: null | string;
    issue_comment_url?: null | string;
    issue_events_url?: null | string;
    issues_url?: null | string;
    keys_url?: null | string;
    labels_url?: null | string;
    languages_url?: null | string;
    merges_url?: null | string;
    milestones_url?: null | string;
    notifications_url?: null | string;
    pulls_url?: null | string;
    releases_url?: null | string;
    ssh_url?: null | string;
    stargazers_url?: null | string;
    statuses_url?: null | string;
    subscribers_url?: null | string;
    subscription_url?: null | string;
    tags_url?: null | string;
    teams_url?: null | string;
    trees_url?: null | string;
    clone_url?: null | string;
    mirror_url?: null | string;
    hooks_url?: null | string;
    svn_url?: null | string;
    homepage?: null | string;
    language?: null | string;
    forks_count?: null | number;
    stargazers_count?: null | number;
    watchers_count?: null | number;
    size?: null | number;
    default_branch?: null | string;
    open_issues_count?: null | number;
    is_template?: null | boolean;
    topics?: null | (null | string)[];
    has_issues?: null | boolean;
    has_projects?: null | boolean;
    has_wiki?: null | boolean;
    has_pages?: null | boolean;
    has_downloads?: null | boolean;
    has_discussions?: null | boolean;
    has_pull_requests?: null | boolean;
    pull_request_creation_policy?: null | string;
    archived?: null | boolean;
    disabled?: null | boolean;
    visibility?: null | string;
    pushed_at?: null | string;
    created_at?: null | string;
    updated_at?: null | string;
    allow_rebase_merge?: null | boolean;
    temp_clone_token?: null | string;
    allow_squash_merge?: null | boolean;
    allow_auto_merge?: null | boolean;
    delete_branch_on_merge?: null | boolean;
    allow_update_branch?: null | boolean;
    use_squash_pr_title_as_default?: null | boolean;
    squash_merge_commit_title?: null | string;
    squash_merge_commit_message?: null | string;
    merge_commit_title?: null | string;
    merge_commit_message?: null | string;
    allow_merge_commit?: null | boolean;
    allow_forking?: null | boolean;
    web_commit_signoff_required?: null | boolean;
    open_issues?: null | number;
    watchers?: null | number;
    master_branch?: null | string;
    starred_at?: null | string;
    anonymous_access_enabled?: null | boolean;
    code_search_index_status?: null | {
      [k: string]: unknown;
    };
  };
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
  /**
   * How the author is associated with the repository.
   */
  author_association?: null | string;
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
  sub_issues_summary?: null | {
    total?: null | number;
    completed?: null | number;
    percent_completed?: null | number;
  };
  /**
   * URL to get the parent issue of this issue, if it is a sub-issue.
   */
  parent_issue_url?: null | string;
  pinned_comment?: null | {
    id?: null | number;
    node_id?: null | string;
    url?: null | string;
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
    minimized?: null | {
      reason?: null | string;
    };
  };
  issue_dependencies_summary?: null | {
    blocked_by?: null | number;
    blocking?: null | number;
    total_blocked_by?: null | number;
    total_blocking?: null | number;
  };
  issue_field_values?:
    | null
    | (null | {
        issue_field_id?: null | number;
        issue_field_name?: null | string;
        node_id?: null | string;
        data_type?: null | string;
        value?: null | string | number;
        single_select_option?: null | {
          id?: null | number;
          name?: null | string;
          color?: null | string;
        };
        multi_select_options?:
          | null
          | (null | {
              id?: null | number;
              name?: null | string;
              color?: null | string;
            })[];
      })[];
  /**
   * The "owner/name" of the repository the record was read from; added by this source.
   */
  repository_full_name?: null | string;
}

export const issues: Schema<Issue> = json;
