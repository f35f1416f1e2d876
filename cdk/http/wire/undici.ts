// The parts of undici that a request needs, from its public entry. A bundle holds only these parts: what is imported here must be
// exported by scripts/undici-parts.js, too.
import {interceptors} from 'undici';

export {Agent, EnvHttpProxyAgent, Pool} from 'undici';

export const {decompress, redirect} = interceptors;
