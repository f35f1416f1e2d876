import {ConfigError} from '../errors.ts';
import {isObject} from '../json/values.ts';
import type {Load} from './store.ts';

const NOT_FOUND = new Set<unknown>(['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND']);

/** The bundler does not see the name, so Node looks for the package in a node_modules next to the program or above. */
export const loadPackage: Load = async (packageName) => {
  try {
    return await import(packageName);
  } catch (error) {
    if (!(isObject(error) && NOT_FOUND.has(error['code']))) throw error;
    throw new ConfigError(
      `its package is not installed: run \`npm install ${packageName}\` next to the program, or add it to the image as in docs/secrets.md`,
    );
  }
};
