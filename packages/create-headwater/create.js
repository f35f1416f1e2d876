// Makes a repository of connectors: npm create headwater@latest <folder> [source] [-- --headwater <package>] [-- --no-install]
import {spawnSync} from 'node:child_process';
import {chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {basename, dirname, join, relative, resolve} from 'node:path';
import {parseArgs} from 'node:util';

const USAGE = `Usage: npm create headwater@latest <folder> [source] [-- options]

Makes a repository of connectors in a new folder, with a source that works. The source is called "example" unless you name it.

Options:
  --headwater <package>  install the kit from here, such as a tarball, and not from the registry
  --no-install           write the files only: no npm install, and no source`;

/** The command line is wrong, or a command that it starts failed. The message says what to do. */
class Problem extends Error {}

const TEMPLATE = join(import.meta.dirname, 'template');

/** The versions that were tested together; written by the build of the package. */
const versions = () => JSON.parse(readFileSync(join(import.meta.dirname, 'versions.json'), 'utf8'));

const optionsOf = (args) => {
  try {
    return parseArgs({
      args,
      options: {
        headwater: {type: 'string'},
        install: {type: 'boolean', default: true},
        help: {type: 'boolean', short: 'h', default: false},
      },
      allowPositionals: true,
      allowNegative: true,
    });
  } catch (error) {
    throw new Problem(`${error.message}\n\n${USAGE}`);
  }
};

/** Fails unless the folder is new or empty, and its name can be the name of a package. */
const assertFolder = (folder) => {
  const name = basename(folder);
  if (!/^[a-z0-9][a-z0-9._-]*$/.test(name)) {
    throw new Problem(
      `The folder ${JSON.stringify(name)} cannot be the name of a package: use lower-case letters, digits and hyphens.`,
    );
  }
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new Problem(`${folder} is not empty: choose a new folder.`);
  }
};

const write = (folder, values) => {
  for (const template of readdirSync(TEMPLATE, {recursive: true})) {
    if (!template.endsWith('.txt')) continue;
    const path = join(folder, template.replace(/\.txt$/, ''));
    const text = readFileSync(join(TEMPLATE, template), 'utf8');
    mkdirSync(dirname(path), {recursive: true});
    writeFileSync(
      path,
      text.replaceAll(/\{\{([^{}]+)\}\}/g, (whole, name) => values[name] ?? whole),
    );
    if (path.endsWith('.sh')) chmodSync(path, 0o755);
  }
  mkdirSync(join(folder, 'sources'));
};

/** Runs a command. Fails with the commands that finish the job, `rest`. */
const run = (folder, rest, program, ...args) => {
  const {status, error} = spawnSync(program, args, {
    cwd: folder,
    stdio: 'inherit',
    // npm is a script of the shell on Windows.
    shell: process.platform === 'win32' && program === 'npm',
  });
  if (status === 0) return;
  const reason = error === undefined ? `ended with ${status}` : error.message;
  throw new Problem(
    `\`${[program, ...args].join(' ')}\` in ${folder} ${reason}: mend the cause, and finish the job there with \`${rest}\`.`,
  );
};

const create = (args) => {
  const {values, positionals} = optionsOf(args);
  const [given, source = 'example', ...others] = positionals;
  if (values.help) return console.log(USAGE);
  if (given === undefined || others.length > 0) throw new Problem(USAGE);
  const folder = resolve(given);
  assertFolder(folder);
  const known = versions();
  const kit = values.headwater ?? known.headwater;
  write(folder, {...known, name: basename(folder), headwater: kit, source});
  const here = relative(process.cwd(), folder) || '.';
  if (values.install) {
    const make = `npx headwater new ${source}`;
    run(folder, `npm install && ${make}`, 'npm', 'install');
    run(folder, make, process.execPath, 'node_modules/headwater/bin.cjs', 'new', source);
  }
  console.log(`
Made ${here}. What to do next:

  cd ${here}${values.install ? '' : `\n  npm install\n  npx headwater new ${source}`}
  npm test
  npx headwater test ${source}

README.md lists what else there is.`);
};

try {
  create(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Problem)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
