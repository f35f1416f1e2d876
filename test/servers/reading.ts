// Reads with a source as its users do, for suites with servers by other authors.
import {errorsIn, lastStates, recordsOf, warningsOf} from '../../cdk/testing/messages.ts';
import {configuredCatalog, runSource, type workspace} from '../e2e/run-program.ts';

type Reading = {
  readonly stream: string;
  readonly config: object;
  readonly syncMode?: string;
  /** The states of an earlier read. */
  readonly states?: readonly object[];
};

/** Reads one stream to its end, or to its failure. */
export const readStream = async (
  program: string,
  {file}: ReturnType<typeof workspace>,
  {stream, config, syncMode, states}: Reading,
) => {
  const startedAt = Date.now();
  const {messages, status} = await runSource(program, [
    'read',
    '--config',
    file('config.json', config),
    '--catalog',
    file('catalog.json', configuredCatalog([stream], syncMode)),
    ...(states === undefined ? [] : ['--state', file('state.json', states)]),
  ]);
  return {
    records: recordsOf(messages, stream),
    errors: errorsIn(messages),
    warnings: warningsOf(messages),
    states: lastStates(messages),
    status,
    /** In milliseconds, including the start of the program. */
    took: Date.now() - startedAt,
  };
};

/** The result of `check`: a status, and a message if it failed. */
export const checkConfig = async (
  program: string,
  {file}: ReturnType<typeof workspace>,
  config: object,
) => {
  const {messages} = await runSource(program, ['check', '--config', file('config.json', config)]);
  return messages.flatMap(({connectionStatus}) => connectionStatus ?? []);
};
