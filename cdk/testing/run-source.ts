// Runs a source's commands in this process, where nock can stand in for its API.
import type {Source} from '../author/source.ts';
import {check} from '../commands/check.ts';
import type {Command} from '../commands/command.ts';
import {discover} from '../commands/discover.ts';
import {read} from '../commands/read.ts';
import type {Clock} from '../http/limits/clock.ts';
import type {AirbyteMessage} from '../protocol/generated/airbyte.ts';
import type {Emission} from '../protocol/messages.ts';
import {createRedactor} from '../protocol/secrets.ts';
import {printedLines} from './printed-lines.ts';
import {parseMessages} from './protocol.ts';
import {catalogOf} from './run-read.ts';
import {configHasSecrets, isSecret, said} from './secrets.ts';

const runtime = (clock?: Clock) => {
  const redactor = createRedactor();
  return {
    ...(clock && {clock}),
    signal: new AbortController().signal,
    now: Date.now,
    redactor: {
      add: (secrets: readonly string[]) => {
        for (const secret of secrets) isSecret('a secret of the redactor', secret);
        redactor.add(secrets);
      },
      redact: redactor.redact,
    },
    emit: async () => {},
    log: (_level: string, message: string) => said(redactor.redact(message)),
  };
};

/** The printed messages of an emission, checked against the protocol's schema. */
export const messagesIn = (emission: Emission, redact: (text: string) => string) =>
  parseMessages(printedLines(emission, redact));

const messagesOf = async (
  command: Command,
  redact: (text: string) => string,
): Promise<readonly AirbyteMessage[]> => {
  const lines: string[] = [];
  for await (const emission of command) lines.push(printedLines(emission, redact));
  return parseMessages(lines.join(''));
};

/**
 * Checks a config, and returns the messages. An error that is not a ConfigError is thrown.
 * @param clock the clock of requests, such as `virtualClock()`, whose waits take no time. Default: the system's
 */
export const checkSource = <C extends object>(source: Source<C>, config: object, clock?: Clock) => {
  configHasSecrets(source.spec, config);
  const context = runtime(clock);
  return messagesOf(
    check(source, async () => config, context),
    context.redactor.redact,
  );
};

/** Returns the messages of `discover`, among them the CATALOG. */
export const discoverSource = <C extends object>(source: Source<C>, config: object) => {
  configHasSecrets(source.spec, config);
  const context = runtime();
  return messagesOf(
    discover(source, async () => config, context),
    context.redactor.redact,
  );
};

/**
 * Reads streams of a source, incrementally if they can be, and returns the messages.
 * @param config as the user would write it; its secrets may not appear in any message
 * @param state the states to continue from, such as `lastStates` of an earlier read
 * @param clock the clock of requests, such as `virtualClock()`: waits for Retry-After and `limits` take no time. Default: the
 * system's. What is "now" for cursors is always the system's
 */
export const readSource = <C extends object>(
  source: Source<C>,
  config: object,
  streams: readonly string[],
  state?: unknown,
  clock?: Clock,
) => {
  configHasSecrets(source.spec, config);
  const context = runtime(clock);
  const inputs = {
    config: async () => config,
    catalog: async () => catalogOf(streams, 'incremental'),
    state: async () => state,
  };
  return messagesOf(read(source, inputs, context), context.redactor.redact);
};
