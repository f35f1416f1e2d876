// The same with undici's `dispatch`, and without loading the rest of undici: `node undici-dispatch.js <url> <pages>`.
import {Pool} from '../../headwater/bundle/undici-parts.js';
import {copyPages} from './copy-pages.js';

let pool;

await copyPages(({origin, pathname, search}) => {
  pool ??= new Pool(origin, {connections: 1});
  return new Promise((resolve, reject) => {
    let body;
    let length = 0;
    pool.dispatch(
      {path: `${pathname}${search}`, method: 'GET', headers: {}},
      {
        onRequestStart: () => {},
        onResponseStart: (_controller, _status, headers) => {
          body = Buffer.allocUnsafe(Number(headers['content-length']));
        },
        onResponseData: (_controller, part) => {
          length += part.copy(body, length);
        },
        onResponseEnd: () => resolve(body),
        onResponseError: (_controller, error) => reject(error),
      },
    );
  });
});
await pool.close();
