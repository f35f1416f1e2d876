import {ConfigError} from '../errors.ts';
import {isObject} from '../json/values.ts';
import type {Load} from './store.ts';

/** Node's code, and that of the loader in tests. */
const NOT_FOUND = new Set<unknown>(['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND']);

/**
 * Loads a package that only those install who use it. By a name that a bundler does not see, so it stays outside of
 * the bundle: Node looks for it in a node_modules beside the program or above.
 */
export const loadPackage: Load = async (packageName) => {
  try {
    return await import(packageName);
  } catch (error) {
    if (!(isObject(error) && NOT_FOUND.has(error['code']))) throw error;
    throw new ConfigError(
      `the package it needs is not installed: npm install ${packageName}, beside the program; docs/secrets.md says how an image gets it`,
    );
  }
};
