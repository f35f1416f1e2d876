// No page has a dead link: the files and headings that links name exist.
import {existsSync, globSync} from 'node:fs';
import {dirname, join, normalize} from 'node:path';
import {expect, test} from '@jest/globals';
import {ROOT, textOf} from './examples.ts';

const pages = globSync(
  ['*.md', 'docs/*.md', 'sources/*/README.md', 'acceptance-tests/**/README.md', 'bench/*.md'],
  {cwd: ROOT, exclude: (path) => path.includes('node_modules')},
);

/** Removes code, which has no links, and whose comments are not headings. */
const withoutBlocks = (text: string): string => text.replaceAll(/^```[\s\S]*?^```$/gm, '');

/** The anchors that GitHub makes: https://github.com/gjtorikian/html-pipeline, `toc_filter`. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');

const anchorsOf = (path: string): readonly string[] =>
  [...withoutBlocks(textOf(path)).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    anchorOf(heading),
  );

const deadLinks = (page: string): readonly string[] =>
  [...withoutBlocks(textOf(page)).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = '']) => {
    if (/^https?:/.test(link)) return URL.canParse(link) ? [] : [link];
    const [file = '', anchor] = link.split('#');
    const target = file === '' ? page : normalize(join(dirname(page), file));
    if (!existsSync(join(ROOT, target))) return [link];
    return anchor === undefined || anchorsOf(target).includes(anchor) ? [] : [link];
  });

test.each(pages)('%s has no dead link', (page) => {
  expect(deadLinks(page)).toEqual([]);
});

test('docs/README.md has a link to every page', () => {
  const index = textOf('docs/README.md');
  const names = globSync('docs/*.md', {cwd: ROOT}).map((path) => path.replace('docs/', ''));
  expect(names.length).toBeGreaterThan(15);
  expect(names.filter((name) => name !== 'README.md' && !index.includes(`](${name})`))).toEqual([]);
});

// Messages and comments of the code name pages.
test('every page that the code names exists', () => {
  const files = globSync(
    '{cdk,sync,headwater,acceptance-tests,scripts,bench,test}/**/*.{ts,js,txt}',
    {
      cwd: ROOT,
    },
  );
  const named = files.flatMap((file) =>
    [...textOf(file).matchAll(/\bdocs\/[a-z-]+\.md\b/g)].map(([page]) => page),
  );
  expect(named.length).toBeGreaterThan(10);
  expect([...new Set(named)].filter((page) => !existsSync(join(ROOT, page)))).toEqual([]);
});
