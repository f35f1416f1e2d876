// The exports of undici that cdk/http/wire/undici.ts has, each from its own file. A bundle contains this file instead of undici.
// undici's public entry also loads fetch, WebSocket and mocks, and a bundler can't remove them. In a bundle they cost 547 kB
// (102 kB gzipped), 2 ms of 36 and 2 MB for `spec`, and 13 ms of 112 and 4 MB for a read of one page (Node 24, undici 8.12).
// These paths are not public: trim-undici.ts compares each part with the public export before it uses this file.
import connect from 'undici/lib/api/api-connect.js';
import Agent from 'undici/lib/dispatcher/agent.js';
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';
import Pool from 'undici/lib/dispatcher/pool.js';
import ProxyAgent from 'undici/lib/dispatcher/proxy-agent.js';

// The public entry does this for all methods. A proxy agent calls this one.
Object.assign(Dispatcher.prototype, {connect});

export {Agent, connect, Dispatcher, Pool, ProxyAgent};
