// Runs `headwater metadata`.
import {stringify} from 'yaml';
import {messageOf, UsageError} from '../../process/errors.ts';
import {projectHere, sourcesOf} from '../../process/project.ts';
import {loadMetadata} from './load-metadata.ts';

/** Reports each problem once, because a shared field is wrong for all sources. */
const checkAll = async (root: string): Promise<void> => {
  const sources = await sourcesOf(root);
  const results = await Promise.allSettled(sources.map((source) => loadMetadata(root, source)));
  const lines = results.flatMap((result) =>
    result.status === 'rejected' ? messageOf(result.reason).split('\n') : [],
  );
  if (lines.length > 0) throw new UsageError([...new Set(lines)].join('\n'));
  process.stdout.write(`Metadata is valid: ${sources.join(', ')}.\n`);
};

/** Checks the metadata of all sources, or prints the merged metadata of one. */
export const runMetadata = async (source: string | undefined): Promise<number> => {
  const root = projectHere();
  if (source === undefined) await checkAll(root);
  else process.stdout.write(stringify(await loadMetadata(root, source)));
  return 0;
};
