// Nothing listens at a server of this machine: most likely the source's fake API was not started, and retries do not help.
import {stat} from 'node:fs/promises';
import {dirname, join, relative} from 'node:path';
import {UsageError} from '../../process/errors.ts';
import {harmless} from '../../process/terminal.ts';
import type {Session} from './session.ts';

/** As a source of this kit logs a retry: `GET http://127.0.0.1:8080/me: ECONNREFUSED; attempt 2 of 6 in 1.0 s.` */
const REFUSED =
  /(?<origin>https?:\/\/(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?)[^\s:]*: ECONNREFUSED; attempt /;

const adviceFor = async (program: string): Promise<string> => {
  const path = join(dirname(program), 'fake-api/main.ts');
  const exists = await stat(path).then(
    () => true,
    () => false,
  );
  return exists
    ? `If that is the fake API, start it in another terminal: node ${relative(process.cwd(), path)}`
    : 'Start the server, or correct the URL in the config.';
};

/**
 * Ends a run of the source at the first refused connection to this machine.
 * @returns the session, whose `run` then rejects with a UsageError that names the command to start the fake API
 */
export const withoutRetriesHere = (session: Session): Session => ({
  ...session,
  run: async (args, take, env) => {
    let refused: string | undefined;
    const watch: typeof take = (line, end) => {
      const {message} = line;
      refused ??=
        message?.type === 'LOG' ? REFUSED.exec(message.text)?.groups?.['origin'] : undefined;
      if (refused === undefined) return take(line, end);
      end();
      return undefined;
    };
    await session.run(args, watch, env);
    if (refused === undefined) return;
    const advice = await adviceFor(session.source.path);
    throw new UsageError(`Nothing listens at ${harmless(refused)}. ${advice}`);
  },
});
