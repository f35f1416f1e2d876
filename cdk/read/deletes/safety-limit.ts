// Limits how many records are marked as deleted at once: a list that lacks records for another reason looks the same.
import type {SafetyLimit} from '../../author/deletes.ts';

const DEFAULT_LEAST = 20;
const DEFAULT_SHARE = 0.1;

export type Counts = {
  readonly deleted: number;
  /** Known ids of the listed slices. */
  readonly known: number;
  /** All known ids of the stream are missing. */
  readonly isAll: boolean;
};

/** A warning that no record is marked; undefined within the limit. */
export const heldBack = (
  safetyLimit: SafetyLimit | false | undefined,
  {deleted, known, isAll}: Counts,
): string | undefined => {
  if (safetyLimit === false || deleted === 0) return undefined;
  const {least = DEFAULT_LEAST, share = DEFAULT_SHARE} = safetyLimit ?? {};
  if (!isAll && deleted <= Math.max(least, share * known)) return undefined;
  const limit = isAll
    ? 'No record would be left'
    : `This is more than the safety limit of ${Math.max(least, Math.floor(share * known))} at once`;
  return `${deleted} of ${known} known records are missing in the lists of ids. ${limit}, so no record is marked as deleted. If they are deleted, set \`deletes.sweep.safetyLimit\` to ${isAll ? 'false' : 'a higher one or to false'} for one sync; if not, find out why the lists lack them.`;
};
