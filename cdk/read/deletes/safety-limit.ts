// How much may be taken for deleted at once: a list that lacks records for another reason looks just the same.
import type {SafetyLimit} from '../../author/deletes.ts';

const DEFAULT_LEAST = 20;
const DEFAULT_SHARE = 0.1;

export type Counts = {
  /** What would be marked as deleted. */
  readonly deleted: number;
  /** Ids that were known of what was listed. */
  readonly known: number;
  /** Whether none of all that the stream knows is left. */
  readonly isAll: boolean;
};

/** Why none of them is; undefined where they are. */
export const heldBack = (
  safetyLimit: SafetyLimit | false | undefined,
  {deleted, known, isAll}: Counts,
): string | undefined => {
  if (safetyLimit === false || deleted === 0) return undefined;
  const {least = DEFAULT_LEAST, share = DEFAULT_SHARE} = safetyLimit ?? {};
  if (!isAll && deleted <= Math.max(least, share * known)) return undefined;
  const limit = isAll
    ? 'None would be left'
    : `More than ${Math.max(least, Math.floor(share * known))} at once are held back`;
  return `${deleted} of ${known} known records are missing in the lists of ids. ${limit}, so none of them is marked as deleted. If they are deleted, let them through with \`deletes.sweep.safetyLimit\`, ${isAll ? 'false' : 'a higher one or false'}, for one sync; if not, see what the lists lack.`;
};
