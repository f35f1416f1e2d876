// Reads a slice from its token. If the API no longer knows it, the slice is read from its beginning.
import type {Stream} from '../author/stream-types.ts';
import type {TokenCursor} from '../author/token-cursor.ts';
import type {CursorValue, Page, Slice, StreamContext} from '../author/types.ts';
import {ExpiredToken, messageOf, SystemError, TransientError} from '../errors.ts';
import type {RaisingRule} from '../http/types.ts';
import {type JsonObject, kindOf} from '../json/values.ts';
import {isCursorValue} from './cursor/rules.ts';
import type {SliceProgress} from './state/progress.ts';
import {deletesAfter} from './state/token-start.ts';

/** The list changed while it was paged. */
class ChangedList extends SystemError {}

const MAX_RESTARTS = 3;

/** A request without a token has none that could have expired. */
export const tokenRules = (
  {expired = [], restart = []}: TokenCursor,
  since: CursorValue | undefined,
): readonly RaisingRule[] => [
  ...restart.map(
    (match): RaisingRule => ({
      ...match,
      action: 'fail',
      raise: (message) => new ChangedList(message),
    }),
  ),
  ...(since === undefined ? [] : [...expired, {status: 410}]).map(
    (match): RaisingRule => ({
      ...match,
      action: 'fail',
      raise: (message) => new ExpiredToken(message),
    }),
  ),
];

type From = {
  readonly since: CursorValue | undefined;
  readonly resume: JsonObject | undefined;
};

const BEGINNING: From = {since: undefined, resume: undefined};

type TokenReading = {
  readonly cursor: TokenCursor;
  readonly progress: SliceProgress;
  readonly context: StreamContext & {readonly slice: Slice};
  readonly read: (from: From) => Promise<unknown>;
  /** Called before the slice is read from its beginning after all. Returns true if known records that it lacks count as deleted. */
  readonly onStartOver: () => boolean;
  /** @param message about the slice */
  readonly log: (level: 'INFO' | 'WARN', message: string) => void;
};

/** An identity that is not known, now or then, proves nothing. */
const isOther = (saved: CursorValue | undefined, now: CursorValue | undefined): boolean =>
  saved !== undefined && now !== undefined && String(saved) !== String(now);

export const readByToken = async (reading: TokenReading): Promise<void> => {
  const {cursor, progress, context, read, onStartOver, log} = reading;
  let from: From = {since: progress.since, resume: progress.resume};
  const startOver = (reason: string): void => {
    progress.token?.forget();
    const deletes = deletesAfter(onStartOver());
    log(
      'WARN',
      `is read from its beginning, and all of its records count as new, because the API no longer knows its token: ${reason} ${deletes}`,
    );
    from = BEGINNING;
  };
  let restarts = 0;
  const restart = (error: ChangedList): void => {
    restarts += 1;
    if (restarts > MAX_RESTARTS) {
      throw new TransientError(
        `the list changed while it was paged, ${restarts} times in a row: ${messageOf(error)} Run again at a time with fewer changes, or request larger pages.`,
        {cause: error},
      );
    }
    log('INFO', `changed while it was paged, and is read again: ${messageOf(error)}`);
    progress.restart();
    if (from.since === undefined) onStartOver();
    from = {...from, resume: undefined};
  };

  const identity = await cursor.identity?.(context);
  const saved = progress.token?.of;
  const isBegun = from.since !== undefined || from.resume !== undefined;
  progress.token?.belongTo(identity);
  if (isBegun && isOther(saved, identity)) {
    startOver(`it belongs to ${saved}, and now there is ${identity}.`);
  }
  for (;;) {
    try {
      await read(from);
      return;
    } catch (error) {
      context.signal.throwIfAborted();
      if (error instanceof ChangedList) restart(error);
      else if (error instanceof ExpiredToken && from.since !== undefined) {
        startOver(messageOf(error));
      } else throw error;
    }
  }
};

export const assertTokenKept = (
  page: Pick<Page, 'token'>,
  {name, token}: Pick<Stream, 'name' | 'token'>,
): void => {
  if (page.token === undefined) return;
  if (!isCursorValue(page.token)) {
    throw new SystemError(
      `A page of stream ${name} has a token that is ${kindOf(page.token)}, but it should be a string or a number.`,
    );
  }
  if (Number.isInteger(page.token) && !Number.isSafeInteger(page.token)) {
    throw new SystemError(
      `A page of stream ${name} has the token ${page.token}, a number beyond 2^53, which is not exact in JavaScript. Let the API send it as a string.`,
    );
  }
  if (token !== undefined) return;
  throw new SystemError(
    `A page of stream ${name} has a \`token\`, but the stream has no \`cursor: {token: …}\`, so it would not be saved. Add one of them, or remove the other.`,
  );
};
