// Follows the API's own tokens, with one for the stream or for each slice. They are never compared.
import type {TokenCursor} from '../../author/token-cursor.ts';
import type {CursorValue} from '../../author/types.ts';
import {SystemError} from '../../errors.ts';
import type {Progress, ProgressOptions, SliceProgress} from './progress.ts';
import type {Position, Resume, SlicePosition} from './stream-state.ts';

type TokenOptions = ProgressOptions & {
  readonly name: string;
  readonly cursor: TokenCursor;
  readonly from: Position;
  /** Only slices of parents that changed are listed: the others are not gone. */
  readonly partial: boolean;
  /**
   * Records that a slice's list from the beginning lacks are deleted. The slice then gets its token only after they were emitted as deleted:
   * an interrupted list proves no delete, and the next one is read only once the token has expired.
   */
  readonly provesDeletes: boolean;
};

const withoutToken = (name: string, key: string): SystemError =>
  new SystemError(
    `Stream ${name}: the list${key && ` of ${key}`} ended without a token after its last records, so each sync would read them again. Set the \`token\` of \`http.paginate\` to its location, or pass it to \`page\`; if only the list's end has one, declare \`cursor: {token: 'last-page'}\`.`,
  );

const openPositions = ({sliced, from, partial}: TokenOptions) => {
  const listed = new Map(from.slices);
  const seen = new Set<string>();
  let whole: SlicePosition = {at: from.watermark, of: from.of, resume: from.resume};
  return {
    known: (key: string): SlicePosition =>
      sliced ? (from.slices?.get(key) ?? {at: undefined}) : whole,
    set: (key: string, position: SlicePosition): void => {
      seen.add(key);
      if (sliced) listed.set(key, position);
      else whole = position;
    },
    /** Once every slice is complete, slices that are no longer listed are dropped. */
    current: (isFinished: boolean): Position => {
      if (!sliced) return {watermark: whole.at, of: whole.of, resume: whole.resume};
      const kept = isFinished && !partial ? [...listed].filter(([key]) => seen.has(key)) : listed;
      return {watermark: undefined, slices: new Map(kept)};
    },
  };
};

const followSlice = (
  key: string,
  options: TokenOptions,
  positions: ReturnType<typeof openPositions>,
  onSettled: (commit: () => void) => void,
): SliceProgress => {
  const {name, cursor, now, resumeLife, startedAt, isSelected, provesDeletes} = options;
  const known = positions.known(key);
  const isFresh = known.resume !== undefined && Math.abs(now() - known.resume.savedAt) < resumeLife;
  let resume: Resume | undefined = isFresh ? known.resume : undefined;
  // A resumed list was begun with its own token.
  let since = resume ? resume.since : known.at;
  const began = resume?.startedAt ?? startedAt;
  let at = known.at;
  let {of} = known;
  let last: CursorValue | undefined;
  let isCovered = true;
  const waits = (): boolean => provesDeletes && since === undefined;
  const move = (): void =>
    positions.set(key, {at, of: at === undefined && !resume ? undefined : of, resume});
  const startOver = (): void => {
    resume = undefined;
    last = undefined;
    isCovered = true;
  };
  move();
  return {
    from: since,
    since,
    readUpTo: undefined,
    resume: resume?.next,
    isDone: false,
    emits: () => isSelected,
    observe: (_records, next, page) => {
      const isEach = cursor.token === 'each-page';
      const count = page?.records.length ?? 0;
      last = page?.token ?? last;
      if (page?.token !== undefined) isCovered = true;
      else if (count > 0 && (isEach || last === undefined)) isCovered = false;
      if (next && resumeLife > 0 && !waits()) {
        resume = {next, since, seen: undefined, startedAt: began, savedAt: now()};
      }
      if (isEach && page?.token !== undefined && !waits()) at = page.token;
      move();
    },
    restart: () => {
      startOver();
      move();
    },
    reach: () => {},
    complete: () => {
      if (!isCovered) throw withoutToken(name, key);
      const commit = (): void => {
        at = last ?? at;
        resume = undefined;
        move();
      };
      if (waits()) onSettled(commit);
      else commit();
    },
    token: {
      of,
      belongTo: (identity) => {
        of = identity ?? of;
      },
      forget: () => {
        startOver();
        since = undefined;
        at = undefined;
        move();
      },
    },
  };
};

export const followToken = (options: TokenOptions): Progress => {
  const positions = openPositions(options);
  const waiting: (() => void)[] = [];
  return {
    slice: (key) => followSlice(key, options, positions, (commit) => waiting.push(commit)),
    settle: () => {
      for (const commit of waiting) commit();
    },
    state: (isFinished) => ({
      position: positions.current(isFinished),
      isUnfinished: !isFinished,
    }),
  };
};
