// Publishes both packages under the version in package.json: npm run release [-- --dry-run]
// First it checks all that must hold. With --dry-run it lists every problem, and publishes nothing. A job of GitHub Actions with the
// permission `id-token: write` adds npm's provenance.
import {spawnSync} from 'node:child_process';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {parseArgs} from 'node:util';

const ROOT = join(import.meta.dirname, '..');
const FOLDERS = ['headwater', 'create-headwater'].map((name) => `dist/npm/${name}`);

const {version} = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
const {'dry-run': isDry} = parseArgs({
  options: {'dry-run': {type: 'boolean', default: false}},
}).values;

const outputOf = (program, ...args) => {
  const {stdout, status} = spawnSync(program, args, {cwd: ROOT, encoding: 'utf8'});
  return status === 0 ? stdout.trim() : undefined;
};

const runs = (program, ...args) => {
  console.log(`\n$ ${[program, ...args].join(' ')}`);
  return spawnSync(program, args, {cwd: ROOT, stdio: 'inherit'}).status === 0;
};

/** The heading of a version has its date; `(unreleased)` is not a date. */
const changelogProblem = async () => {
  const changelog = await readFile(join(ROOT, 'CHANGELOG.md'), 'utf8');
  const [, heading = ''] = /^## (.+)$/m.exec(changelog) ?? [];
  const [name, date] = heading.split(/[ ()]+/);
  if (name === version && /^\d{4}-\d{2}-\d{2}$/.test(date ?? '')) return undefined;
  return `CHANGELOG.md begins with "## ${heading}": write "## ${version} (YYYY-MM-DD)".`;
};

const stateProblems = () => [
  outputOf('git', 'status', '--porcelain') === ''
    ? undefined
    : 'There are changes that are not committed.',
  outputOf('git', 'tag', '--list', `v${version}`) === ''
    ? undefined
    : `The tag v${version} exists: raise the version in package.json and metadata.yaml.`,
];

/** Commands that must succeed, the quick ones first. */
const CHECKS = [
  ['npm', 'run', '--silent', 'check'],
  ['npm', 'run', '--silent', 'test:package'],
  ...FOLDERS.map((folder) => ['npm', 'publish', '--dry-run', `./${folder}`]),
];

const problems = [await changelogProblem(), ...stateProblems()].filter(Boolean);
for (const check of CHECKS) {
  if (!isDry && problems.length > 0) break;
  if (!runs(...check)) problems.push(`\`${check.join(' ')}\` failed.`);
}

if (problems.length > 0) {
  console.error(
    `\n${version} cannot be released:\n${problems.map((each) => `- ${each}`).join('\n')}`,
  );
  process.exitCode = 1;
} else if (isDry) {
  console.log(`\n${version} can be released.`);
} else {
  const provenance = process.env.GITHUB_ACTIONS === 'true' ? ['--provenance'] : [];
  const published = FOLDERS.every((folder) =>
    runs('npm', 'publish', '--access', 'public', ...provenance, `./${folder}`),
  );
  if (!published || !runs('git', 'tag', `v${version}`)) process.exitCode = 1;
  else console.log(`\nReleased ${version}. Push the tag: git push origin v${version}`);
}
