import type {Send} from '../message.ts';

/** Adds credentials to what passes through. It is only ever given requests to the API's own origin. */
export type Auth = (send: Send) => Send;
