// A module that is loaded before it is needed slows down every start of a program.
import {expect, test} from '@jest/globals';
import {FAKER, runProgram} from './run-program.ts';

/** Prints each module that is loaded. */
const HOOK = `import {registerHooks} from 'node:module';
registerHooks({load: (url, context, next) => {
  process._rawDebug('loads ' + url);
  return next(url, context);
}});`;

test('`spec` loads no HTTP client and no parser of bodies', async () => {
  const {status, stderr} = await runProgram(FAKER, ['spec'], {
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(HOOK)}`,
  });
  const packages = new Set(
    [...stderr.matchAll(/^loads .*\/node_modules\/((?:@[^/]+\/)?[^/]+)/gm)].map(([, name]) => name),
  );
  expect(status).toBe(0);
  expect(packages.has('commander')).toBe(true);
  expect(
    ['undici', 'csv-parse', 'fast-xml-parser', 'yauzl'].filter((name) => packages.has(name)),
  ).toEqual([]);
});
