// Runs a source's commands in this process, where nock can answer for its API.
import {check} from '../../cdk/commands/check.ts';
import type {Command} from '../../cdk/commands/command.ts';
import {discover} from '../../cdk/commands/discover.ts';
import {read} from '../../cdk/commands/read.ts';
import {encode} from '../../cdk/output/encode.ts';
import type {AirbyteMessage} from '../../cdk/protocol/generated/airbyte.ts';
import type {Emission} from '../../cdk/protocol/messages.ts';
import {createRedactor} from '../../cdk/protocol/secrets.ts';
import type {Source} from '../../cdk/source.ts';
import {parseMessages} from './protocol.ts';
import {catalogOf} from './run-read.ts';

const runtime = () => ({
  signal: new AbortController().signal,
  now: Date.now,
  redactor: createRedactor(),
  emit: async () => {},
  log: () => {},
});

/** What an emission is on the wire, checked against the protocol's schema. */
export const messagesIn = (emission: Emission, redact: (text: string) => string) =>
  parseMessages([...encode(emission, redact)].join(''));

const messagesOf = async (command: Command): Promise<readonly AirbyteMessage[]> => {
  const lines: string[] = [];
  for await (const emission of command) lines.push(...encode(emission, (text) => text));
  return parseMessages(lines.join(''));
};

export const checkSource = <C extends object>(source: Source<C>, config: object) =>
  messagesOf(check(source, async () => config, runtime()));

export const discoverSource = <C extends object>(source: Source<C>, config: object) =>
  messagesOf(discover(source, async () => config, runtime()));

/** Reads streams incrementally, as far as they can be. */
export const readSource = <C extends object>(
  source: Source<C>,
  config: object,
  streams: readonly string[],
  state?: unknown,
) =>
  messagesOf(
    read(
      source,
      {
        config: async () => config,
        catalog: async () => catalogOf(streams, 'incremental'),
        state: async () => state,
      },
      runtime(),
    ),
  );
