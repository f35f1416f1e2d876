// A server with CouchDB's API over PouchDB's databases in memory: node express-pouchdb.js
// Prints its port. Run it in the folder that scripts/install-servers.js made for it: the packages are there.
import {createRequire} from 'node:module';
import {join} from 'node:path';

const installed = createRequire(join(process.cwd(), 'package.json'));
const PouchDB = installed('pouchdb-core').plugin(installed('pouchdb-adapter-memory'));

const app = installed('express')();
app.use(installed('express-pouchdb')(PouchDB, {inMemoryConfig: true, mode: 'minimumForPouchDB'}));
const server = app.listen(0, '127.0.0.1', () => console.log(server.address().port));
