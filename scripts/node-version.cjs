// Ends a program on a Node that is too old, with one line: the syntax of the other files would print a stack trace. Loaded first,
// so it has only syntax that every Node knows.
'use strict';
var version = process.versions.node;
if (Number(version.split('.')[0]) < 24) {
  console.error(
    'Node 24 or newer is needed, and this is Node ' +
      version +
      ': install one from https://nodejs.org, or into node_modules with `npm install --save-dev node@24`, for npm and npx to use.',
  );
  process.exit(1);
}
