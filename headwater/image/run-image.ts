// Runs `headwater image`.
import {projectHere} from '../../process/project.ts';
import {buildImage, type ImageOptions} from './build-image.ts';

export const runImage = async (
  source: string,
  options: Omit<ImageOptions, 'output'>,
): Promise<number> => {
  const images = await buildImage(projectHere(), source, {...options, output: 'inherit'});
  process.stdout.write(`Built ${images.join(' and ')}.\n`);
  return 0;
};
