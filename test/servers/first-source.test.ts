// docs/first-source.md, followed in an empty folder outside of the checkout, against a real WordPress. Two things differ from the
// page: the packages come from this checkout, and the variables have the values of the WordPress that was started.
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, expect, test} from '@jest/globals';
import {isObject} from '../../cdk/json/values.ts';
import packageJson from '../../package.json' with {type: 'json'};
import {type Step, stepsOf, writeStep} from '../docs/steps.ts';
import {ROOT} from '../e2e/run-program.ts';
import {makeOutside, shellOutside} from '../package/strangers.ts';
import {printLine} from '../print-line.ts';
import {describeWith} from './servers.ts';
import {startWordPress, type WordPress} from './wordpress.ts';

const {version} = packageJson;
const CREATE = 'npm create headwater@latest my-connectors\n';
const PACKED = `npx --yes --package ./create-headwater-${version}.tgz create-headwater my-connectors --headwater file:../headwater-${version}.tgz\n`;
const SETTINGS = ['WORDPRESS_URL', 'WORDPRESS_USER', 'WORDPRESS_PASSWORD'];
const MINUTE = 60_000;
/** Six pages. */
const POSTS = 600;

type Row = Readonly<Record<string, unknown>>;

/** All records of a list, with the zone that WordPress leaves out of a time. */
const everyRow = async (
  {port, password}: WordPress,
  list: string,
  time: string,
): Promise<readonly Row[]> => {
  const headers = {authorization: `Basic ${Buffer.from(`admin:${password}`).toString('base64')}`};
  const rows: Row[] = [];
  for (let page = 1; ; page += 1) {
    const url = `http://127.0.0.1:${port}/wp-json/wp/v2/${list}?orderby=id&order=asc&per_page=100&page=${page}`;
    const response = await fetch(url, {headers});
    const body: unknown = await response.json();
    if (!response.ok || !Array.isArray(body)) throw new Error(`${url}: ${JSON.stringify(body)}`);
    rows.push(...body.filter(isObject).map((row) => ({...row, [time]: `${row[time]}Z`})));
    if (page >= Number(response.headers.get('X-WP-TotalPages'))) return rows;
  }
};

/** The rows that each sync landed, without the columns that `headwater sync` adds. */
const landedIn = (folder: string, stream: string): readonly (readonly Row[])[] =>
  readdirSync(folder)
    .filter((name) => name.startsWith(`wordpress_${stream}_`))
    .toSorted()
    .map((name) =>
      readFileSync(join(folder, name), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => {
          const {__source, __stream, __ingested_at, ...row} = JSON.parse(line);
          expect([__source, __stream, typeof __ingested_at]).toEqual([
            ...['wordpress', stream, 'string'],
          ]);
          return row;
        }),
    );

const withIds = (rows: readonly Row[], ids: readonly number[]): readonly Row[] =>
  rows.filter(({id}) => ids.includes(Number(id)));

/** Names a block of commands by its last one. */
const lastCommand = (block: string): string =>
  block
    .trimEnd()
    .split('\n')
    .at(-1)
    ?.replace(/ (--config|sources\/).*/, '') ?? '';

describeWith('wordpress')('docs/first-source.md', () => {
  const {folder, bin, remove} = makeOutside();
  const repository = join(folder, 'my-connectors');
  let wordpress: WordPress;

  const shell = async (at: string, commands: string): Promise<string> => {
    const ended = await shellOutside(bin, at, `set -e\n${commands}`);
    const printed = ended.stdout + ended.stderr;
    if (ended.status === 0) return printed;
    throw new Error(`This ended with ${ended.status}:\n${commands}${printed}`);
  };

  /** Sets the variables that the page exports, to the values of the WordPress that was started. */
  const exportsOf = (content: string): string => {
    expect([...content.matchAll(/^export (\w+)=/gm)].map(([, name]) => name)).toEqual(SETTINGS);
    const values = [`http://127.0.0.1:${wordpress.port}`, 'admin', wordpress.password];
    return SETTINGS.map((name, index) => `export ${name}='${values[index]}'\n`).join('');
  };

  /** Writes the files, runs the commands. Resolves to what they printed, and the seconds that each block took. */
  const follow = async (steps: readonly Step[]) => {
    const took: (readonly [string, number])[] = [];
    const settings: string[] = [];
    const printed: string[] = [];
    const run = async ({language, content}: Step): Promise<void> => {
      const startedAt = performance.now();
      const commands = [...settings, content.replace(CREATE, PACKED)].join('');
      printed.push(await shell(language === 'sh create' ? folder : repository, commands));
      took.push([lastCommand(content), (performance.now() - startedAt) / 1_000]);
    };
    for (const step of steps) {
      const {path, language, content} = step;
      if (path !== '') writeStep(repository, step);
      else if (language === 'sh settings') settings.push(exportsOf(content));
      else if (['sh', 'sh create'].includes(language)) await run(step);
      else throw new Error(`The page has a block that nothing follows: ${language}`);
    }
    return {printed: printed.join(''), took};
  };

  beforeAll(async () => {
    await shell(folder, `node '${ROOT}/scripts/build-packages.js'`);
    for (const name of ['headwater', 'create-headwater']) {
      await shell(folder, `npm pack --silent '${ROOT}/dist/npm/${name}'`);
    }
    wordpress = await startWordPress(folder, POSTS);
  }, 5 * MINUTE);
  afterAll(async () => {
    await wordpress?.close();
    remove();
  });

  test(
    'gives an own source that lands what WordPress has, and after an edit only the edit',
    async () => {
      const posts = await everyRow(wordpress, 'posts', 'modified_gmt');
      const comments = await everyRow(wordpress, 'comments', 'date_gmt');
      expect([posts.length, comments.length]).toEqual([POSTS, 250]);

      const steps = stepsOf('docs/first-source.md');
      expect(steps.filter(({content}) => content.includes(CREATE))).toHaveLength(1);
      const {printed, took} = await follow(steps);
      const seconds = took.reduce((sum, [, each]) => sum + each, 0);
      printLine(
        `docs/first-source.md: ${Math.round(seconds)} s of commands: ` +
          `${took.map(([name, each]) => `${name} ${each.toFixed(1)} s`).join(', ')}.`,
      );

      expect(printed).toContain('wordpress works with this config.\n');
      expect(printed).toContain('posts of wordpress: the first 5 records\n');
      expect(printed).toContain('page 1 has 100 records; next page: page=2.\n');
      expect(printed.match(/"type":"RECORD"/g)).toHaveLength(5);
      expect(printed).toContain('Tests:       2 passed, 2 total');
      expect(printed).toMatch(
        /sources\/wordpress\/main\.ts passes\. \d+ checks: \d+ passed, \d+ skipped/,
      );
      for (const secret of [wordpress.password, wordpress.password.replaceAll(' ', '')]) {
        expect(printed).not.toContain(secret);
      }

      // The position is a second that three posts share.
      const edited = await everyRow(wordpress, 'posts', 'modified_gmt');
      const landing = join(repository, 'landing');
      expect(landedIn(landing, 'posts')).toEqual([posts, withIds(edited, [1, 598, 599, 600])]);
      expect(withIds(edited, [1])).toMatchObject([{title: {rendered: 'Edited'}}]);
      expect(landedIn(landing, 'comments')).toEqual([comments, withIds(comments, [250])]);
      expect(seconds).toBeLessThan(600);
    },
    15 * MINUTE,
  );
});
