// From ../schemas/repositories.json by `npm run generate`.
import type {Schema} from 'headwater';
import json from '../schemas/repositories.json' with {type: 'json'};

export interface Repository {
  /**
   * Unique identifier of the repository.
   */
  id?: null | number;
  node_id?: null | string;
  /**
   * The name of the repository.
   */
  name?: null | string;
  full_name?: null | string;
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
  /**
   * Whether the repository is private or public.
   */
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
  /**
   * The size in kilobytes, calculated hourly; 0 for a repository just created.
   */
  size?: null | number;
  /**
   * The default branch of the repository.
   */
  default_branch?: null | string;
  open_issues_count?: null | number;
  /**
   * Whether this repository acts as a template that can be used to generate new repositories.
   */
  is_template?: null | boolean;
  topics?: null | (null | string)[];
  /**
   * Whether issues are enabled.
   */
  has_issues?: null | boolean;
  /**
   * Whether projects are enabled.
   */
  has_projects?: null | boolean;
  /**
   * Whether the wiki is enabled.
   */
  has_wiki?: null | boolean;
  has_pages?: null | boolean;
  /**
   * Whether downloads are enabled; GitHub is closing this field down.
   */
  has_downloads?: null | boolean;
  /**
   * Whether discussions are enabled.
   */
  has_discussions?: null | boolean;
  /**
   * Whether pull requests are enabled.
   */
  has_pull_requests?: null | boolean;
  /**
   * The policy controlling who can create pull requests: all or collaborators_only.
   */
  pull_request_creation_policy?: null | string;
  /**
   * Whether the repository is archived.
   */
  archived?: null | boolean;
  /**
   * Whether the repository is disabled.
   */
  disabled?: null | boolean;
  /**
   * The repository visibility: public, private, or internal.
   */
  visibility?: null | string;
  pushed_at?: null | string;
  created_at?: null | string;
  updated_at?: null | string;
  permissions?: null | {
    admin?: null | boolean;
    maintain?: null | boolean;
    push?: null | boolean;
    triage?: null | boolean;
    pull?: null | boolean;
  };
  /**
   * Whether to allow rebase merges for pull requests.
   */
  allow_rebase_merge?: null | boolean;
  template_repository?: null | {
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
  /**
   * Whether to allow squash merges for pull requests.
   */
  allow_squash_merge?: null | boolean;
  /**
   * Whether to allow Auto-merge to be used on pull requests.
   */
  allow_auto_merge?: null | boolean;
  /**
   * Whether to delete head branches when pull requests are merged.
   */
  delete_branch_on_merge?: null | boolean;
  /**
   * Whether to allow merge commits for pull requests.
   */
  allow_merge_commit?: null | boolean;
  /**
   * Whether a pull request branch that is behind its base can be updated even if it need not be up to date.
   */
  allow_update_branch?: null | boolean;
  /**
   * Whether squash merges take the pull request title; superseded by squash_merge_commit_title.
   */
  use_squash_pr_title_as_default?: null | boolean;
  /**
   * Default title of a squash merge commit: PR_TITLE or COMMIT_OR_PR_TITLE.
   */
  squash_merge_commit_title?: null | string;
  /**
   * Default message of a squash merge commit: PR_BODY, COMMIT_MESSAGES or BLANK.
   */
  squash_merge_commit_message?: null | string;
  /**
   * Default title of a merge commit: PR_TITLE or MERGE_MESSAGE.
   */
  merge_commit_title?: null | string;
  /**
   * Default message of a merge commit: PR_TITLE, PR_BODY or BLANK.
   */
  merge_commit_message?: null | string;
  /**
   * Whether to allow forking this repo.
   */
  allow_forking?: null | boolean;
  /**
   * Whether to require contributors to sign off on web-based commits.
   */
  web_commit_signoff_required?: null | boolean;
  subscribers_count?: null | number;
  network_count?: null | number;
  license?: null | {
    key?: null | string;
    name?: null | string;
    url?: null | string;
    spdx_id?: null | string;
    node_id?: null | string;
    html_url?: null | string;
  };
  organization?: null | {
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
   * The repository this fork was made from; only on forks.
   */
  parent?: null | {
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
  /**
   * The repository at the root of the fork network; only on forks.
   */
  source?: null | {
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
  forks?: null | number;
  master_branch?: null | string;
  open_issues?: null | number;
  watchers?: null | number;
  /**
   * Whether anonymous git access is allowed.
   */
  anonymous_access_enabled?: null | boolean;
  code_of_conduct?: null | {
    url?: null | string;
    key?: null | string;
    name?: null | string;
    html_url?: null | string;
    body?: null | string;
  };
  security_and_analysis?: null | {
    advanced_security?: null | {
      status?: null | string;
    };
    code_security?: null | {
      status?: null | string;
    };
    dependabot_security_updates?: null | {
      status?: null | string;
    };
    secret_scanning?: null | {
      status?: null | string;
    };
    secret_scanning_push_protection?: null | {
      status?: null | string;
    };
    secret_scanning_non_provider_patterns?: null | {
      status?: null | string;
    };
    secret_scanning_ai_detection?: null | {
      status?: null | string;
    };
    secret_scanning_delegated_alert_dismissal?: null | {
      status?: null | string;
    };
    secret_scanning_delegated_bypass?: null | {
      status?: null | string;
    };
    secret_scanning_delegated_bypass_options?: null | {
      reviewers?:
        | null
        | (null | {
            reviewer_id?: null | number;
            reviewer_type?: null | string;
            mode?: null | string;
          })[];
    };
  };
  /**
   * Values of the custom properties defined for the repository, by property name.
   */
  custom_properties?: null | {
    [k: string]: unknown;
  };
  role_name?: null | string;
  starred_at?: null | string;
  /**
   * The status of the code search index for this repository.
   */
  code_search_index_status?: null | {
    lexical_search_ok?: null | boolean;
    lexical_commit_sha?: null | string;
  };
  /**
   * A credential in GitHub's answer; always null here.
   */
  temp_clone_token?: null | string;
}

export const repositories: Schema<Repository> = json;
