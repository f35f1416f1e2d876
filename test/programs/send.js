// Sends one request and prints the body of its response: node send.js '{"url": "http://127.0.0.1:8080/", "tls": {…}, "proxy": {…}}'
import {DEFAULT_TIMEOUTS} from '../../cdk/http/wire/timeouts.ts';
import {openTransport} from '../../cdk/http/wire/transport.ts';

const {url, ...options} = JSON.parse(process.argv[2]);
const transport = openTransport(DEFAULT_TIMEOUTS, new AbortController().signal, options);
const {body} = await transport.send({method: 'GET', url: new URL(url), headers: {}});
await transport.close();
console.log(body.toString());
