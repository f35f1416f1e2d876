// Leaves out of a bundle the parts of undici that no request needs.
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {join} from 'node:path';
import type {Plugin} from 'esbuild';
import * as undici from 'undici';
import {messageOf} from '../../process/errors.ts';

const PARTS = join(import.meta.dirname, 'undici-parts.js');

const {version} = JSON.parse(
  readFileSync(createRequire(import.meta.url).resolve('undici/package.json'), 'utf8'),
);

/** The exports of undici-parts.js, by name. */
type Parts = {
  readonly Dispatcher: unknown;
  readonly connect: unknown;
  readonly [name: string]: unknown;
};

export const loadParts = (): Promise<Parts> => import(PARTS);

/** The names of the parts that are not the same objects as the exports of undici's public entry. */
const differing = ({Dispatcher, connect, ...parts}: Parts): readonly string[] => {
  const exported: Readonly<Record<string, unknown>> = undici;
  return [
    ...Object.keys(parts).filter((name) => parts[name] !== exported[name]),
    ...(Dispatcher === undici.Dispatcher ? [] : ['Dispatcher']),
    ...(connect === undici.Dispatcher.prototype.connect ? [] : ['Dispatcher.prototype.connect']),
  ];
};

/**
 * Says why undici-parts.js can't stand for undici; undefined if it can.
 * @param load loads the parts
 */
export const faultOfParts = async (load = loadParts): Promise<string | undefined> => {
  try {
    const names = differing(await load());
    return names.length === 0
      ? undefined
      : `its ${names.join(', ')} in headwater/bundle/undici-parts.js and in its public entry differ`;
  } catch (error) {
    return messageOf(error);
  }
};

/** Tells a maintainer what to do after an upgrade. */
export const adviceFor = (fault: string): string =>
  `undici ${version} has moved a part: ${fault}. Until its path in headwater/bundle/undici-parts.js is corrected, bundles hold all of undici: 0.5 MB more to load, and 10 ms more before the first request.`;

/** A plugin of esbuild. If a part has moved, the bundle contains the public entry instead, and esbuild prints a warning. */
export const trimUndici = (load = loadParts): Plugin => ({
  name: 'trim-undici',
  setup: async ({onStart, onResolve}) => {
    const fault = await faultOfParts(load);
    if (fault === undefined) onResolve({filter: /^undici$/}, () => ({path: PARTS}));
    else onStart(() => ({warnings: [{text: adviceFor(fault)}]}));
  },
});
