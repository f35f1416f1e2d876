// Fetches pages of an API with node:http and writes them out unchanged: `node node-http.js <url> <pages>`.
import {Agent, get} from 'node:http';
import {copyPages} from './copy-pages.js';

const agent = new Agent({keepAlive: true, maxSockets: 1});

await copyPages(
  (url) =>
    new Promise((resolve, reject) => {
      get(url, {agent}, (response) => {
        const body = Buffer.allocUnsafe(Number(response.headers['content-length']));
        let length = 0;
        response.on('data', (part) => {
          length += part.copy(body, length);
        });
        response.on('end', () => resolve(body));
      }).on('error', reject);
    }),
);
agent.destroy();
