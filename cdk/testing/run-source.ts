// Runs a source's commands in this process, where nock can answer for its API.

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

const runtime = () => {
  const redactor = createRedactor();
  return {
    signal: new AbortController().signal,
    now: Date.now,
    redactor: {
      add: (secrets: readonly string[]) => {
        for (const secret of secrets) isSecret('what the kit was told', secret);
        redactor.add(secrets);
      },
      redact: redactor.redact,
    },
    emit: async () => {},
    log: (_level: string, message: string) => said(redactor.redact(message)),
  };
};

/** What an emission is on the wire, checked against the protocol's schema. */
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

export const checkSource = <C extends object>(source: Source<C>, config: object, clock?: Clock) => {
  configHasSecrets(source.spec, config);
  const lent = {...runtime(), ...(clock && {clock})};
  return messagesOf(
    check(source, async () => config, lent),
    lent.redactor.redact,
  );
};

export const discoverSource = <C extends object>(source: Source<C>, config: object) =>
  messagesOf(
    discover(source, async () => config, runtime()),
    (text) => text,
  );

/** Reads streams incrementally, as far as they can be. */
export const readSource = <C extends object>(
  source: Source<C>,
  config: object,
  streams: readonly string[],
  state?: unknown,
) => {
  configHasSecrets(source.spec, config);
  const lent = runtime();
  const inputs = {
    config: async () => config,
    catalog: async () => catalogOf(streams, 'incremental'),
    state: async () => state,
  };
  return messagesOf(read(source, inputs, lent), lent.redactor.redact);
};
