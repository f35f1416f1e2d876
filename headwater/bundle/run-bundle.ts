// Runs `headwater bundle`.
import {gzipSync} from 'node:zlib';
import {projectHere} from '../../process/project.ts';
import {bundleSource} from './bundle.ts';

const kilobytes = (bytes: number): string => `${Math.round(bytes / 1000)} kB`;

export const runBundle = async (source: string): Promise<number> => {
  const {path, code} = await bundleSource(projectHere(), source);
  const sizes = `${kilobytes(code.length)} (${kilobytes(gzipSync(code).length)} gzipped)`;
  process.stdout.write(`${path}: ${sizes}\n`);
  return 0;
};
