// The kit's only door: what an author's file may use.

export {run} from './cli.ts';
export {ConfigError, SystemError, TransientError} from './errors.ts';
export {bearer} from './http/auth/bearer.ts';
export type {HttpClient, HttpOptions} from './http/client.ts';
export {linkHeader} from './http/paginate/link-header.ts';
export type {Page, Schema, Slice, Spec} from './source.ts';
export {defineSource, page, stream} from './source.ts';
