// The names by which APIs tell of the next page, as data: each stands in the envelope of an API that is in use.

/** Where an envelope keeps its paging: at its top, or in one of these. */
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

/** Names whose text is a URL, be it relative. */
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

/** Names that hold a URL, a token, a number of a page, or an object with one of them. */
export const NEXT: readonly string[] = ['next', 'next_page', 'nextPage'];

/** What an object named `next` has: HAL's `{href}`, HubSpot's `{after, link}`, Asana's `{offset, uri}`. */
export const URLS_IN_NEXT: readonly string[] = ['href', 'url', 'uri', 'link', 'path'];

/** Its tokens, each named as the parameter that takes it: HubSpot's `after`, Intercom's `starting_after`. */
export const TOKENS_IN_NEXT: readonly string[] = [
  'after',
  'starting_after',
  'offset',
  'cursor',
  'page',
  'token',
];

/**
 * Names of tokens, and the parameters that may take them. The first that the request has already is used, else the
 * first of all: it is a guess, and where the server does not know it, it sends the same page again, which is an error.
 */
export const TOKENS: Readonly<Record<string, readonly string[]>> = {
  nextPageToken: ['pageToken', 'nextPageToken'], // Google; Jira takes it under the same name
  next_page_token: ['page_token', 'next_page_token'], // Google, Zoom
  nextToken: ['nextToken'], // AWS
  NextToken: ['NextToken', 'nextToken'],
  next_token: ['pagination_token', 'next_token'], // X
  pagination_token: ['pagination_token'],
  next_cursor: ['cursor', 'start_cursor', 'next_cursor'], // Slack; Notion
  nextCursor: ['cursor', 'nextCursor'],
  after_cursor: ['page[after]', 'after'], // Zendesk
  offset: ['offset'], // Airtable, where it is no number
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

/** Headers with a token, and the parameter that takes it. */
export const TOKEN_HEADERS: Readonly<Record<string, readonly string[]>> = {
  'x-next-page': ['page'], // GitLab
  'x-ms-continuationtoken': ['continuationToken'], // Azure DevOps
};

/** Flags of a next page. Only true and false count. */
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

/** Flags of the last page. */
export const LAST: readonly string[] = [
  'end_of_stream', // Zendesk's incremental exports, whose URL never ends
  'isLast', // Jira
  'is_last',
  'isLastPage', // Bitbucket Server
  'last', // Spring
];

/** How many pages there are. */
export const PAGE_COUNTS: readonly string[] = [
  'total_pages', // Cloudflare
  'totalPages', // Spring
  'last_page', // Laravel
  'page_count',
  'pageCount', // Strapi
  'num_pages',
  'pages', // Slack's older methods
];

/** The same in headers: of GitLab, of WordPress. */
export const PAGE_COUNT_HEADERS: readonly string[] = ['x-total-pages', 'x-wp-totalpages'];

/** Which page this is. */
export const PAGE_NUMBERS: readonly string[] = [
  'page',
  'current_page', // Laravel
  'currentPage',
  'page_number',
  'pageNumber',
  'number', // Spring
];

/** Parameters for a page: the one that the request has is used, else the first. */
export const PAGE_PARAMETERS: readonly string[] = [
  'page',
  'page[number]', // JSON:API
  'pagination[page]', // Strapi
  'page_number',
  'pageNumber',
  'p',
];

/** How many records there are in all. `count` is not among them: it is as often that of the page. */
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

/** The place of the first record of the page among all. The parameter has the same name. */
export const OFFSETS: readonly string[] = [
  'offset', // Redmine, PagerDuty
  'startAt', // Jira
  'start', // Solr, Bitbucket Server
  'skip', // Contentful
];

/** How many records a page may have. */
export const SIZES: readonly string[] = [
  'limit',
  'per_page',
  'perPage',
  'page_size',
  'pageSize',
  'maxResults', // Jira
  'size',
];

/** Lists of records, the likeliest first. */
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

/** Objects that hold the list, and little else. */
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

/** Lists that are about the answer, or beside its records. */
export const ASIDE: readonly string[] = [
  'errors',
  'warnings',
  'notices',
  'links',
  'link',
  'included', // JSON:API
  'facets',
];

/** Objects that tell of the next page, not of records. */
export const ENVELOPES: readonly string[] = CONTAINERS.filter((name) => !WRAPPERS.includes(name));
