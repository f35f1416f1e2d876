// The field names that APIs use for paging. Each comes from the envelope of a real API.

/** An envelope keeps its paging fields at its top or in one of these. */
export const CONTAINERS: readonly string[] = [
  '',
  'links', // JSON:API, Zendesk, Laravel
  '_links', // HAL: Spring, Atlassian
  'meta', // Zendesk, X
  'meta.pagination', // Strapi
  'metadata', // Smile.io, Kubernetes
  'pagination', // Coinbase
  'paging', // HubSpot, Facebook, Slack's older methods
  'pages', // Intercom
  'links.pages', // DigitalOcean
  'page', // Spring HATEOAS
  'response_metadata', // Slack
  'result_info', // Cloudflare
  'result_info.cursors',
  'data', // Reddit
  'result',
  'response', // Solr
  'd', // OData 2
];

/** Fields with a URL, which may be relative. */
export const URLS: readonly string[] = [
  '@odata.nextLink', // Microsoft Graph
  'odata.nextLink',
  '@nextLink',
  '__next', // OData 2
  'nextLink', // Azure
  'next_page_url', // Laravel
  'nextPageUrl',
  'next_page_uri', // Twilio
  'next_uri', // Coinbase
  'next_url',
  'nextUrl',
  'next_link',
  'nextRecordsUrl', // Salesforce
];

/** Fields with a URL, a token, a page number, or an object with one of these. */
export const NEXT: readonly string[] = ['next', 'next_page', 'nextPage'];

/** URLs in an object named `next`: HAL's `{href}`, HubSpot's `{after, link}`, Asana's `{offset, uri}`. */
export const URLS_IN_NEXT: readonly string[] = ['href', 'url', 'uri', 'link', 'path'];

/** Tokens in such an object. The parameter has the same name: HubSpot's `after`, Intercom's `starting_after`. */
export const TOKENS_IN_NEXT: readonly string[] = [
  'after',
  'starting_after',
  'offset',
  'cursor',
  'page',
  'token',
];

/** Tokens, and their possible parameters: the first one that the request already has is used, else the first in the list. */
export const TOKENS: Readonly<Record<string, readonly string[]>> = {
  nextPageToken: ['pageToken', 'nextPageToken'], // Google; Jira, which uses one name for both
  next_page_token: ['page_token', 'next_page_token'], // Google, Zoom
  nextToken: ['nextToken'], // AWS
  NextToken: ['NextToken', 'nextToken'],
  next_token: ['pagination_token', 'next_token'], // X
  pagination_token: ['pagination_token'],
  next_cursor: ['cursor', 'start_cursor', 'next_cursor'], // Slack; Notion
  nextCursor: ['cursor', 'nextCursor'],
  after_cursor: ['page[after]', 'after'], // Zendesk
  offset: ['offset'], // Airtable, where it is not a number
  nextPageStart: ['start'], // Bitbucket Server
  next_offset: ['offset'],
  nextOffset: ['offset'],
  continuationToken: ['continuationToken'],
  continue: ['continue'], // Kubernetes
  cursor: ['cursor'], // Square
  pageCursor: ['pageCursor'], // Productboard
  after: ['after'], // Reddit
  next: ['cursor', 'next', 'after', 'page'],
  next_page: ['page'], // Stripe's search, Zendesk
  nextPage: ['page'],
};

/** Headers with a token, and its parameter. */
export const TOKEN_HEADERS: Readonly<Record<string, readonly string[]>> = {
  'x-next-page': ['page'], // GitLab
  'x-ms-continuationtoken': ['continuationToken'], // Azure DevOps
};

/** Flags that are true if there is a next page. Other values are ignored. */
export const MORE: readonly string[] = [
  'has_more', // Stripe, Notion, Dropbox
  'hasMore',
  'has_more_items',
  'has_next',
  'hasNext',
  'has_next_page',
  'hasNextPage',
  'more', // PagerDuty
  'is_truncated',
  'isTruncated',
];

/** Flags that are true on the last page. */
export const LAST: readonly string[] = [
  'end_of_stream', // Zendesk's incremental exports, whose URL never ends
  'isLast', // Jira
  'is_last',
  'isLastPage', // Bitbucket Server
  'last', // Spring
];

export const PAGE_COUNTS: readonly string[] = [
  'total_pages', // Cloudflare
  'totalPages', // Spring
  'last_page', // Laravel
  'page_count',
  'pageCount', // Strapi
  'num_pages',
  'pages', // Slack's older methods
];

/** The same in headers: GitLab, WordPress. */
export const PAGE_COUNT_HEADERS: readonly string[] = ['x-total-pages', 'x-wp-totalpages'];

export const PAGE_NUMBERS: readonly string[] = [
  'page',
  'current_page', // Laravel
  'currentPage',
  'page_number',
  'pageNumber',
  'number', // Spring
];

/** Parameters for a page number. The first that the request already has is used, else the first in the list. */
export const PAGE_PARAMETERS: readonly string[] = [
  'page',
  'page[number]', // JSON:API
  'pagination[page]', // Strapi
  'page_number',
  'pageNumber',
  'p',
];

/** The number of all records. `count` is missing because it is as often that of the page. */
export const TOTALS: readonly string[] = [
  'total', // Jira, PagerDuty
  'total_count', // Redmine
  'totalCount',
  'total_results',
  'totalResults',
  'total_records',
  'totalRecords',
  'total_items',
  'totalItems',
  'totalElements', // Spring
  'totalSize', // Salesforce
  'numFound', // Solr
];

/** The index of the page's first record among all. The parameter has the same name. */
export const OFFSETS: readonly string[] = [
  'offset', // Redmine, PagerDuty
  'startAt', // Jira
  'start', // Solr, Bitbucket Server
  'skip', // Contentful
];

export const SIZES: readonly string[] = [
  'limit',
  'per_page',
  'perPage',
  'page_size',
  'pageSize',
  'maxResults', // Jira
  'size',
];

/** Lists of records, the most likely first. */
export const LISTS: readonly string[] = [
  'data',
  'items',
  'results',
  'records',
  'values',
  'value', // OData
  'rows',
  'entries',
  'elements',
  'content', // Spring
  'objects',
  'docs',
  'documents',
  'hits',
  'result', // Cloudflare
  'list',
];

/** Objects that wrap the list. */
export const WRAPPERS: readonly string[] = [
  'data',
  'result',
  'results',
  'response',
  'payload',
  'body',
  '_embedded', // HAL
  'd', // OData 2
  'hits', // Elasticsearch
];

/** Lists that are not records. */
export const ASIDE: readonly string[] = [
  'errors',
  'warnings',
  'notices',
  'links',
  'link',
  'included', // JSON:API
  'facets',
];

/** Objects with paging fields, not records. */
export const ENVELOPES: readonly string[] = CONTAINERS.filter((name) => !WRAPPERS.includes(name));
