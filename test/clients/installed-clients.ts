// Clients of connectors that others wrote: installed by scripts/install-clients.js for test/clients/.
import {join} from 'node:path';
import {ROOT} from '../e2e/run-program.ts';
import {describeInstalled} from '../servers/installed.ts';

const CLIENTS = join(ROOT, '.clients');

/** `describe` where all of these are installed; else one line says why the tests are skipped. */
export const describeWithClients = (...clients: readonly string[]) =>
  describeInstalled(CLIENTS, clients);

/** The folder of a client's commands, such as `python`. */
export const commandsOf = (client: string): string => join(CLIENTS, client, 'bin');

/** What is beside the tests of clients. */
export const besideClients = (name: string): string => join(ROOT, 'test/clients', name);

/** What a program of ours in Python prints in the end: a line of JSON, behind all that the client says. */
export const lastLineOf = (stdout: string): unknown =>
  JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
