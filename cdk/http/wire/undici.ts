// The parts of undici that a request needs, from its public entry. A bundle contains only these parts: headwater/bundle/undici-parts.js
// must export whatever is imported here.
import {interceptors} from 'undici';

export {Agent, EnvHttpProxyAgent, Pool} from 'undici';

export const {redirect} = interceptors;
