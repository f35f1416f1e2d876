// The programs that are compared, and how each is started.
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {FOLDER, ROOT} from './install.js';

const OURS = join(import.meta.dirname, 'programs');
const node = (...args) => [process.execPath, '--require', join(OURS, 'usage.cjs'), ...args];

const DOCKERFILE = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');

/** As in the image: what its NODE_OPTIONS say. */
const IMAGE_OPTIONS = /NODE_OPTIONS="([^"]*)"/.exec(DOCKERFILE)[1].split(' ');

/** And its setting of the C library. */
const [IMAGE_ARENAS] = /MALLOC_ARENA_MAX=\d+/.exec(DOCKERFILE);

export const nodeOfImage = (...args) => ['env', IMAGE_ARENAS, ...node(...IMAGE_OPTIONS, ...args)];

export const EMPTY_NODE = node('-e', '0');

const PYTHON_FOLDER = join(FOLDER, 'python/bin');

/** V8 keeps what it compiled, as in the image, where a first start is a part of the build. */
const COMPILED = `NODE_COMPILE_CACHE=${join(FOLDER, 'compiled')}`;

export const PROGRAMS = {
  kit: ['env', COMPILED, ...nodeOfImage(join(FOLDER, 'kit.js'))],
  faros: node(join(OURS, 'faros.js')),
  python: [
    join(PYTHON_FOLDER, 'python'),
    join(OURS, 'usage.py'),
    join(PYTHON_FOLDER, 'source-declarative-manifest'),
  ],
};

const MANIFEST = JSON.parse(readFileSync(join(OURS, 'manifest.json'), 'utf8'));

const folder = mkdtempSync(join(tmpdir(), 'headwater-bench-'));
process.on('exit', () => rmSync(folder, {recursive: true}));

let files = 0;

const file = (content) => {
  files += 1;
  const path = join(folder, `${files}.json`);
  writeFileSync(path, JSON.stringify(content));
  return path;
};

/** The command by which a program reads a stream. */
export const readCommand = (program, stream, config, mode = 'full_refresh') => [
  ...program,
  'read',
  '--config',
  file({
    ...config,
    ...(program === PROGRAMS.python && {__injected_declarative_manifest: MANIFEST}),
  }),
  '--catalog',
  file({
    streams: [
      {
        stream: {
          name: stream,
          json_schema: {},
          supported_sync_modes: ['full_refresh', 'incremental'],
        },
        sync_mode: mode,
        destination_sync_mode: 'append',
      },
    ],
  }),
];
