// For tests: resolves a config like a command, and collects its secrets and logs.
import {failureTypeOf, messageOf} from '../cdk/errors.ts';
import {type ResolveRuntime, resolveReferences} from '../cdk/secrets/resolve.ts';

export const resolveHere = async (config: unknown, more: Partial<ResolveRuntime> = {}) => {
  const secrets: string[] = [];
  const logs: string[] = [];
  const runtime: ResolveRuntime = {
    signal: new AbortController().signal,
    log: (level, message) => logs.push(`${level} ${message}`),
    onSecret: (secret) => secrets.push(secret),
    env: {},
    ...more,
  };
  try {
    const resolved = await resolveReferences(config, runtime);
    return {config: resolved.config, secrets, logs};
  } catch (error) {
    return {error: `${failureTypeOf(error)}: ${messageOf(error)}`, secrets, logs};
  }
};
