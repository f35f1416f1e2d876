// Clients of connectors by other authors: installed by scripts/install-clients.js for test/clients/.
import {join} from 'node:path';
import {ROOT} from '../e2e/run-program.ts';
import {describeInstalled} from '../servers/installed.ts';

const CLIENTS = join(ROOT, '.clients');

/** `describe` if all of these are installed; otherwise the tests are skipped, and one line says why. */
export const describeWithClients = (...clients: readonly string[]) =>
  describeInstalled(CLIENTS, clients);

/** The folder of a client's commands, such as `python`. */
export const commandsOf = (client: string): string => join(CLIENTS, client, 'bin');

/** The path of a file beside the tests of clients. */
export const besideClients = (name: string): string => join(ROOT, 'test/clients', name);

/** The JSON on the last line of one of our Python programs, after all output of the client. */
export const lastLineOf = (stdout: string): unknown =>
  JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
