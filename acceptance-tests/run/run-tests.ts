// Runs the checks one after another, prints a line for each as it ends, then the summary, and writes the reports.
import {writeFile} from 'node:fs/promises';
import {EXIT_FAILURE} from '../../process/command-line.ts';
import {messageOf, UsageError} from '../../process/errors.ts';
import {listenForSignals, type Signals} from '../../process/signals.ts';
import {clearTemporaryFolders} from '../../process/temporary-folder.ts';
import {harmlessText} from '../../process/terminal.ts';
import {type Check, type Context, type Result, SUITES, type SuiteName} from '../check-kit/check.ts';
import {INPUTS_PREFIX} from '../connectors/input-files.ts';
import {jsonReport, junitReport} from '../report/files.ts';
import {lineOf, type Paint, paintOf, summary} from '../report/text.ts';
import {ALL_CHECKS} from './all-checks.ts';
import {type Options, openContext} from './open-context.ts';
import {runCheck} from './run-check.ts';

type Printer = {readonly write: (line: string) => void; readonly paint: Paint};

const suitesIn = (only: readonly string[] | undefined): readonly SuiteName[] => {
  const names = only ?? SUITES;
  const suites = SUITES.filter((suite) => names.includes(suite));
  const unknown = names.find((name) => !suites.some((suite) => suite === name));
  if (unknown === undefined) return suites;
  throw new UsageError(`--only ${unknown} is not a suite. The suites are ${SUITES.join(', ')}.`);
};

/** Grouped by suite, in the order of the checks. */
const checksOf = (suites: readonly SuiteName[]): readonly Check[] =>
  [...Map.groupBy(ALL_CHECKS, ({suite}) => suite)].flatMap(([suite, checks]) =>
    suites.includes(suite) ? checks : [],
  );

/** Resolves to the results of all checks or, if a signal stops the run, of those that ended before it. */
const runChecks = async (
  checks: readonly Check[],
  context: Context,
  {soon}: Signals,
  {write, paint}: Printer,
): Promise<readonly Result[]> => {
  const results: Result[] = [];
  for (const check of checks) {
    const result = await runCheck(check, context);
    // Its connector was ended, so the outcome of the check means nothing.
    if (soon.aborted) break;
    if (result.suite !== results.at(-1)?.suite) write(`\n${paint('bold', result.suite)}`);
    write(lineOf(result, paint));
    results.push(result);
  }
  return results;
};

const writeReport = async (option: string, path: string | undefined, text: string) => {
  if (path === undefined) return;
  await writeFile(path, text).catch((error: unknown) => {
    throw new UsageError(`${option} ${path} can't be written: ${messageOf(error)}.`);
  });
};

/**
 * Runs `headwater test`, and resolves to its exit code. A signal ends the connector in order, and no report is written.
 * Fails with a UsageError if an option or a file is wrong (before a check runs), or if a report can't be written.
 */
export const runTests = async (
  options: Options,
  print: (text: string) => void,
  isColourful: boolean,
): Promise<number> => {
  const checks = checksOf(suitesIn(options.only));
  const printer: Printer = {write: (line) => print(`${line}\n`), paint: paintOf(isColourful)};
  const signals = listenForSignals((signal) =>
    printer.write(`\n${signal}: ending the connector. Send the signal again to kill it.`),
  );
  try {
    await clearTemporaryFolders(INPUTS_PREFIX);
    const context = await openContext(options, signals);
    const startedAt = Date.now();
    const connector = options.exec ?? options.image ?? options.config;
    printer.write(`Acceptance tests of ${printer.paint('bold', harmlessText(connector))}`);
    const results = await runChecks(checks, context, signals, printer);
    const stopped = signals.exitCode();
    if (stopped !== undefined) {
      printer.write(
        `Stopped after ${results.length} of ${checks.length} checks. No report was written.`,
      );
      return stopped;
    }
    const took = Date.now() - startedAt;
    for (const line of summary(connector, results, took, printer.paint)) printer.write(line);
    const report = {
      ...{connector, config: options.config},
      ...{startedAt: new Date(startedAt).toISOString(), took, results},
    };
    await writeReport('--json', options.json, jsonReport(report));
    await writeReport('--junit', options.junit, junitReport(report));
    return results.some(({outcome}) => outcome.status === 'failed') ? EXIT_FAILURE : 0;
  } finally {
    signals.close();
  }
};
