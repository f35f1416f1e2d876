// The packages that are published: packed, installed in folders outside of the checkout, and used there as strangers do.
import {cpSync, mkdirSync, readdirSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import packageJson from '../../package.json' with {type: 'json'};
import {followTutorial, PROMISED} from '../docs/tutorial.ts';
import {type Ended, ROOT} from '../e2e/run-program.ts';
import {hasEngine} from '../image/docker.ts';
import {printLine} from '../print-line.ts';
import {envOutside, makeOutside, shellOutside} from './strangers.ts';

const {folder, bin, remove} = makeOutside();
afterAll(remove);

const MINUTE = 60_000;
const {version, devDependencies: tools} = packageJson;
const KIT = `headwater-${version}.tgz`;
const CREATE = `create-headwater-${version}.tgz`;
const REPOSITORY = 'my-connectors';

const shell = (at: string, command: string): Promise<Ended> =>
  shellOutside(bin, join(folder, at), command);

/** The output of a command. Throws all of it if the command fails. */
const succeed = async (at: string, command: string): Promise<string> => {
  const {status, stdout, stderr} = await shell(at, command);
  if (status !== 0) throw new Error(`${command} ended with ${status}:\n${stdout}${stderr}`);
  return stdout + stderr;
};

const install = async (name: string, packages: string): Promise<void> => {
  mkdirSync(join(folder, name));
  const manifest = {name, version: '1.0.0', type: 'module'};
  writeFileSync(join(folder, name, 'package.json'), JSON.stringify(manifest));
  await succeed(name, `npm install --no-audit --no-fund --loglevel=error ${packages}`);
};

beforeAll(async () => {
  await succeed('.', `node '${ROOT}/scripts/build-packages.js'`);
  for (const name of ['headwater', 'create-headwater']) {
    await succeed('.', `npm pack --silent '${ROOT}/dist/npm/${name}'`);
  }
}, 2 * MINUTE);

describe('the package', () => {
  test('has what strangers need and nothing else, in less than a megabyte', async () => {
    const files = (await succeed('.', `tar -tzf ${KIT}`)).trim().split('\n');
    const {size} = statSync(join(folder, KIT));
    printLine(`${KIT}: ${Math.round(size / 1000)} kB, ${files.length} files.`);
    expect(size).toBeLessThan(1_000_000);
    const rooms = new Set(files.map((path) => path.split('/')[1]).filter((name) => name !== ''));
    expect([...rooms].toSorted()).toEqual([
      ...['AGENTS.md', 'CHANGELOG.md', 'LICENSE', 'README.md', 'acceptance-tests', 'bin.cjs'],
      ...['cdk', 'docs', 'headwater', 'llms.txt', 'package.json', 'process', 'scripts', 'sync'],
    ]);
    const ours = /\.test\.(?!ts\.txt$)|(?<!\.d)\.ts$|\/(broken|sources|bench)\/(?!\{\{)/;
    expect(files.filter((path) => ours.test(path))).toEqual([]);
  });

  test(
    'has no fault that publint and arethetypeswrong know',
    async () => {
      await install('linters', 'publint@0.3.25 @arethetypeswrong/cli@0.18.5');
      await succeed('linters', `npx publint run ../${KIT} --strict`);
      await succeed('linters', `npx publint run ../${CREATE} --strict`);
      await succeed('linters', `npx attw ../${KIT} --profile esm-only`);
    },
    2 * MINUTE,
  );

  test(
    'can be published',
    async () => {
      for (const name of [KIT, CREATE]) {
        expect(await succeed('.', `npm publish --dry-run ./${name}`)).toContain(`@${version}`);
      }
    },
    MINUTE,
  );

  test('names the older Node in its first line, and runs nothing', async () => {
    const old = `Object.defineProperty(process.versions, 'node', {value: '20.11.0'});`;
    writeFileSync(join(folder, 'old.cjs'), old);
    for (const name of ['headwater', 'create-headwater']) {
      const program = `'${ROOT}/dist/npm/${name}/bin.cjs'`;
      const {status, stdout, stderr} = await shell('.', `node -r ./old.cjs ${program} --help`);
      expect([status, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(
        /^Node 24 or newer is needed, and this is Node 20\.11\.0: install .*\n$/,
      );
    }
  });
});

describe('an empty folder with the package', () => {
  beforeAll(async () => {
    await install('empty', `../${KIT} typescript@${tools.typescript}`);
    cpSync(join(import.meta.dirname, 'stranger/source.ts'), join(folder, 'empty/source.ts'));
  }, 2 * MINUTE);

  test.each([
    '--module nodenext',
    '--module esnext --moduleResolution bundler',
    '--module preserve --target es2022',
  ])(
    'compiles strictly with %s and the default lib',
    async (options) => {
      await succeed('empty', `npx tsc --strict --noEmit --skipLibCheck false ${options} source.ts`);
    },
    MINUTE,
  );

  test('gets the line that installs what a command needs', async () => {
    mkdirSync(join(folder, 'empty/sources'));
    const missing = {
      generate: `json-schema-to-typescript@${tools['json-schema-to-typescript']}`,
      metadata: `yaml@${tools.yaml}`,
      'bundle x': `esbuild@${tools.esbuild}`,
    };
    for (const [command, name] of Object.entries(missing)) {
      const {status, stderr} = await shell('empty', `npx headwater ${command}`);
      expect([status, stderr]).toEqual([
        2,
        `error: \`headwater ${command.split(' ')[0]}\` needs one more package: npm install --save-dev ${name}\n`,
      ]);
    }
  });

  test('has the version of the package as its own', async () => {
    expect(await succeed('empty', 'npx headwater --version')).toBe(`${version}\n`);
  });
});

describe('a repository made by create-headwater', () => {
  beforeAll(async () => {
    await succeed(
      '.',
      `npx --yes --package ./${CREATE} create-headwater ${REPOSITORY} crm --headwater file:../${KIT}`,
    );
  }, 3 * MINUTE);

  test('has a lockfile that names no registry', async () => {
    expect((await shell(REPOSITORY, 'grep -c registry package-lock.json')).stdout).toBe('0\n');
    const files = readdirSync(join(folder, REPOSITORY)).filter((name) => name !== 'node_modules');
    expect(files.toSorted()).toEqual([
      ...['.github', '.gitignore', '.node-version', '.npmrc', 'AGENTS.md', 'README.md'],
      ...['metadata.yaml', 'package-lock.json', 'package.json', 'scripts', 'sources'],
      'tsconfig.json',
    ]);
  });

  test(
    'passes its own tests, and compiles',
    async () => {
      const printed = await succeed(REPOSITORY, 'npm test');
      expect(printed).toContain('Test Suites: 2 passed, 2 total');
      expect(printed).toMatch(/Secret scan: 1 secrets, .* nothing found\./);
      await succeed(REPOSITORY, 'npm run types && npm run generate -- --check && npm run metadata');
    },
    MINUTE,
  );

  test(
    'fails its tests if one of them prints a secret',
    async () => {
      cpSync(
        join(import.meta.dirname, 'stranger/leak.ts'),
        join(folder, REPOSITORY, 'sources/crm/leak.test.ts'),
      );
      const {status, stderr} = await shell(
        REPOSITORY,
        'npm test -- leak; exit=$?; rm sources/crm/leak.test.ts; exit $exit',
      );
      expect(stderr).toContain('Tests:       1 passed, 1 total');
      expect(stderr).toContain('Secret scan: 2 leaks.');
      expect(status).toBe(1);
    },
    MINUTE,
  );

  test(
    'passes the acceptance tests',
    async () => {
      const printed = await succeed(
        REPOSITORY,
        'npx headwater test crm --only spec,connection,discovery,basic_read,full_refresh,incremental',
      );
      expect(printed).toMatch(/passes\. \d+ checks: \d+ passed/);
    },
    2 * MINUTE,
  );

  test(
    'checks, reads and syncs its source, with the fake API that it has',
    async () => {
      // On a free port: another run on this machine may have the default one.
      await succeed(
        REPOSITORY,
        `sh scripts/node.sh sources/crm/fake-api/main.ts --port 0 > url.txt & api=$!
         trap 'kill $api' EXIT
         until [ -s url.txt ]; do kill -0 $api && sleep 0.1 || exit 1; done
         echo '{"api_token": "fake-token", "api_url": "'"$(cat url.txt)"'"}' > config.json
         set -ex
         catalog=sources/crm/integration_tests/configured_catalog.json
         sources/crm/main.ts check --config config.json > check.jsonl
         sources/crm/main.ts read --config config.json --catalog $catalog > read.jsonl
         npx headwater check crm --config config.json > check.txt
         npx headwater read crm --config config.json --streams groups > groups.jsonl
         npx headwater sync crm --config config.json --to jsonl:landing
         npx headwater sync crm --config config.json --to jsonl:landing`,
      );
      const printed = (file: string) => succeed(REPOSITORY, `cat ${file}; rm ${file}`);
      expect(await printed('check.jsonl')).toContain('"status":"SUCCEEDED"');
      expect((await printed('read.jsonl')).match(/"type":"RECORD"/g)).toHaveLength(250);
      expect(await printed('check.txt')).toContain('crm works with this config.');
      expect(await printed('groups.jsonl')).toContain('Group 5');
      const rows = (await succeed(REPOSITORY, 'cat landing/crm_items_*.jsonl | wc -l')).trim();
      // The second sync begins at the last position, which one item has.
      expect(Number(rows)).toBe(251);
    },
    2 * MINUTE,
  );

  test(
    'makes one file of its source, which runs without node_modules',
    async () => {
      await succeed(REPOSITORY, 'npx headwater bundle crm && cp dist/crm/main.js ../alone.mjs');
      expect(await succeed('.', 'node alone.mjs spec')).toContain('"type":"SPEC"');
      const {size} = statSync(join(folder, 'alone.mjs'));
      printLine(`The bundle of a new source: ${Math.round(size / 1000)} kB.`);
    },
    MINUTE,
  );

  (hasEngine ? test : test.skip)(
    'builds an image of its source, and tests it',
    async () => {
      const printed = await succeed(
        REPOSITORY,
        'npx headwater test crm --build-image --only spec,connection,discovery,basic_read',
      );
      expect(printed).toMatch(/my-connectors\/source-crm:dev passes\. /);
      await succeed(REPOSITORY, 'docker rmi -f my-connectors/source-crm:dev');
    },
    5 * MINUTE,
  );

  test(
    'adds another source, which passes its tests, too',
    async () => {
      await succeed(REPOSITORY, 'npx headwater new shop');
      const printed = await succeed(REPOSITORY, 'npm test && npm run types && npm run metadata');
      expect(printed).toContain('Test Suites: 4 passed, 4 total');
      expect(printed).toContain('Metadata is valid: crm, shop.');
    },
    MINUTE,
  );
});

test(
  'every step of docs/tutorial.md works in a repository of its own',
  async () => {
    const here = join(folder, REPOSITORY);
    const leaveOut = ['sh create', ...(hasEngine ? [] : ['sh docker'])];
    const run = (commands: string) => succeed(REPOSITORY, `set -e\n${commands}`);
    const {printed, ...landed} = await followTutorial({
      ...{folder: here, env: envOutside(bin), shell: run, leaveOut},
    });
    expect(landed).toEqual(PROMISED);
    expect(printed).toContain('sources/toolshed/main.ts passes.');
    if (hasEngine)
      await succeed('.', 'docker rmi -f my/source-toolshed:dev my/source-toolshed:0.1.0');
  },
  5 * MINUTE,
);

describe('create-headwater', () => {
  test.each([
    ['no folder', '', /^Usage: npm create headwater@latest <folder>/],
    ['a folder with files', 'linters', /is not empty: choose a new folder/],
    ['a name that no package can have', 'My_Connectors!', /cannot be the name of a package/],
    ['an unknown option', 'x --fast', /Unknown option '--fast'/],
  ])('refuses %s', async (_, args, message) => {
    const {status, stderr} = await shell(
      '.',
      `node '${ROOT}/dist/npm/create-headwater/bin.cjs' ${args}`,
    );
    expect([status, stderr]).toEqual([1, expect.stringMatching(message)]);
  });
});
