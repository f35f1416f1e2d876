// The commands that start the compared programs.
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {FOLDER, ROOT} from './install.js';

const OURS = join(import.meta.dirname, 'programs');
const node = (...args) => [process.execPath, '--require', join(OURS, 'usage.cjs'), ...args];

const DOCKERFILE = readFileSync(join(ROOT, 'headwater/image/Dockerfile'), 'utf8');

/** The NODE_OPTIONS of the image. */
const IMAGE_OPTIONS = /NODE_OPTIONS="([^"]*)"/.exec(DOCKERFILE)[1].split(' ');

/** The image's setting for the C library. */
const [IMAGE_ARENAS] = /MALLOC_ARENA_MAX=\d+/.exec(DOCKERFILE);

export const nodeOfImage = (...args) => ['env', IMAGE_ARENAS, ...node(...IMAGE_OPTIONS, ...args)];

export const EMPTY_NODE = node('-e', '0');

const PYTHON_FOLDER = join(FOLDER, 'python/bin');

/** A compile cache, as in the image, whose build includes a first start. */
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

/** The command with which a program reads a stream. */
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
