// A jest reporter for the quick run: prints one line with the tests that only `npm run test:all` runs.
import {globSync, readFileSync} from 'node:fs';
import {basename, join} from 'node:path';
import {fileURLToPath} from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const exclude = ['node_modules', 'dist', '.clients', '.servers', '.bench'];

const nameOf = (path) => basename(path).replace(/(\.slow)?\.test\.ts$/, '');

export default class ReportLeftOut {
  #pattern;

  constructor({testPathPatterns}) {
    this.#pattern = testPathPatterns.isSet();
  }

  onRunComplete() {
    // Somebody who runs some files does not expect all of them.
    if (this.#pattern) return;
    const files = globSync('**/*.test.ts', {cwd: ROOT, exclude});
    const slow = files.filter((path) => path.endsWith('.slow.test.ts'));
    const larger = files.filter((path) =>
      readFileSync(join(ROOT, path), 'utf8').includes('/cases.ts'),
    );
    const list = (paths) => paths.map(nameOf).toSorted().join(', ');
    process.stderr.write(
      `Left to \`npm run test:all\`: the slow tests ${list(slow)}; more cases of ${list(larger)}; servers, clients, images and broken connectors.\n`,
    );
  }
}
