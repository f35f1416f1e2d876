// The same with undici's `request`: `node undici-request.js <url> <pages>`.
import {Pool} from 'undici';
import {copyPages} from './copy-pages.js';

let pool;

await copyPages(async ({origin, pathname, search}) => {
  pool ??= new Pool(origin, {connections: 1});
  const {body} = await pool.request({path: `${pathname}${search}`, method: 'GET'});
  const parts = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts);
});
await pool.close();
