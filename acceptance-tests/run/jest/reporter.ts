// jest's reporter: a line for each check as it ends, then the summary, and files for programs.
import {readFileSync, writeFileSync} from 'node:fs';
import {jsonReport, junitReport} from '../../report/files.ts';
import {harmless, lineOf, paintOf, summary} from '../../report/text.ts';
import type {Result} from '../run-check.ts';
import {orderOfJest} from './handed.ts';

interface TestFile {
  readonly failureMessage?: string | null;
  readonly testExecError?: unknown;
}

const isColourful = (): boolean => process.stdout.isTTY === true && !process.env['NO_COLOR'];

const resultsIn = (path: string): readonly Result[] => {
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line));
};

/** jest calls it with `new`; what it returns is the reporter. */
export default function reporter() {
  const {order, outcomes} = orderOfJest();
  const paint = paintOf(isColourful());
  const startedAt = Date.now();
  const label = order.exec ?? order.image ?? order.config;
  const write = (line: string): void => {
    process.stdout.write(`${line}\n`);
  };
  let printed = 0;
  let suite = '';
  const printNew = (): void => {
    const results = resultsIn(outcomes);
    for (const result of results.slice(printed)) {
      if (result.suite !== suite) write(`\n${paint('bold', result.suite)}`);
      suite = result.suite;
      write(lineOf(result, paint));
    }
    printed = results.length;
  };
  return {
    onRunStart: () => write(`Acceptance tests of ${paint('bold', harmless(label))}`),
    onTestCaseResult: printNew,
    onRunComplete: (
      _contexts: unknown,
      {testResults}: {readonly testResults: readonly TestFile[]},
    ) => {
      printNew();
      const results = resultsIn(outcomes);
      const broken = testResults.find(({testExecError}) => testExecError !== undefined);
      if (broken !== undefined || results.length === 0) {
        write(`The checks could not be run: ${broken?.failureMessage ?? 'there are none.'}`);
        return;
      }
      const took = Date.now() - startedAt;
      for (const line of summary(label, results, took, paint)) write(line);
      const report = {
        ...{connector: label, config: order.config},
        ...{startedAt: new Date(startedAt).toISOString(), took, results},
      };
      if (order.json !== undefined) writeFileSync(order.json, jsonReport(report));
      if (order.junit !== undefined) writeFileSync(order.junit, junitReport(report));
    },
  };
}
