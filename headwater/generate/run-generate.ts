// Runs `headwater generate`.
import {EXIT_FAILURE} from '../../process/command-line.ts';
import {projectHere} from '../../process/project.ts';
import {staleFiles} from './generate.ts';

/** Writes the types of all sources; with `check` it only reports those that are not up to date. */
export const runGenerate = async (check: boolean): Promise<number> => {
  const stale = await staleFiles(projectHere(), {write: !check});
  if (!check || stale.length === 0) return 0;
  process.stderr.write(
    `Not up to date with their JSON Schema: ${stale.join(', ')}. Run \`npm run generate\` and commit the result.\n`,
  );
  return EXIT_FAILURE;
};
