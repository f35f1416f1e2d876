// The parts of undici that a request needs, from its public entry. A bundle contains only these parts:
// headwater/bundle/undici-parts.js must export whatever is exported here.
export {Agent, Pool, ProxyAgent} from 'undici';
