import {ConfigError} from '../errors.ts';
import {nothingToClose, type OpenStore} from './store.ts';

/** `env:NAME`: variables of this process. */
export const openEnv: OpenStore = ({env}) => ({
  fetch: async (name) => {
    const value = env[name];
    if (value !== undefined) return value;
    throw new ConfigError(
      `the environment variable ${name} is not set: set it where the source runs`,
    );
  },
  close: nothingToClose,
});
