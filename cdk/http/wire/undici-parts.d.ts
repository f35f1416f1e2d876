// The parts of undici that a request takes. The whole of it, with fetch, WebSocket and mocks, costs each run 50 ms and
// 12 MB more (`npm run bench:bare`); types come for the whole only.

declare module 'undici/lib/dispatcher/agent.js' {
  import {Agent} from 'undici';
  export default Agent;
}

declare module 'undici/lib/dispatcher/env-http-proxy-agent.js' {
  import {EnvHttpProxyAgent} from 'undici';
  export default EnvHttpProxyAgent;
}

declare module 'undici/lib/dispatcher/pool.js' {
  import {Pool} from 'undici';
  export default Pool;
}

declare module 'undici/lib/dispatcher/dispatcher.js' {
  import {Dispatcher} from 'undici';
  export default Dispatcher;
}

declare module 'undici/lib/api/api-connect.js' {
  import {Dispatcher} from 'undici';

  const connect: Dispatcher['connect'];
  export default connect;
}

declare module 'undici/lib/interceptor/redirect.js' {
  import {interceptors} from 'undici';

  const redirect: typeof interceptors.redirect;
  export default redirect;
}

declare module 'undici/lib/interceptor/decompress.js' {
  import {interceptors} from 'undici';

  const decompress: typeof interceptors.decompress;
  export default decompress;
}
