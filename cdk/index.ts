// The kit's only door: what an author's file may use.

export {run} from './cli.ts';
export {ConfigError, SystemError, TransientError} from './errors.ts';
export {apiKey} from './http/auth/api-key.ts';
export {basic} from './http/auth/basic.ts';
export {bearer} from './http/auth/bearer.ts';
export {jwt} from './http/auth/jwt.ts';
export {oauth2} from './http/auth/oauth2.ts';
export {selectAuth} from './http/auth/select-auth.ts';
export {sessionToken} from './http/auth/session-token.ts';
export type {HttpClient, HttpOptions} from './http/client.ts';
export type {Limit} from './http/limits/limits.ts';
export type {ResponseRule} from './http/meaning.ts';
export {auto} from './http/paginate/auto.ts';
export {cursorIn} from './http/paginate/cursor-in.ts';
export {lastId} from './http/paginate/last-id.ts';
export {linkHeader} from './http/paginate/link-header.ts';
export {nextUrl} from './http/paginate/next-url.ts';
export {offset} from './http/paginate/offset.ts';
export {pageNumber} from './http/paginate/page-number.ts';
export type {FetchedPage, Paginator} from './http/paginate/paginator.ts';
export {relay} from './http/paginate/relay.ts';
export {tokenParts} from './http/paginate/token-parts.ts';
export type {Page, Schema, Slice, Spec} from './source.ts';
export {defineSource, page, stream} from './source.ts';
