// Writes the types of all sources (`headwater generate`), and those of the protocol's messages:
//   cdk/protocol/airbyte.schema.json -> cdk/protocol/generated/airbyte.ts
// `--check` writes nothing and fails if a file is not up to date.
import {readFile} from 'node:fs/promises';
import {isStale, typesOf} from '../headwater/generate/generate.ts';
import {runGenerate} from '../headwater/generate/run-generate.ts';
import {closed, mapObjectSchemas} from '../headwater/generate/schema.ts';

const PROTOCOL = 'cdk/protocol/airbyte.schema.json';
const check = process.argv.includes('--check');

// `allOf` only connects a message's payload with its type, which an interface can't express.
const schema = mapObjectSchemas(
  JSON.parse(await readFile(PROTOCOL, 'utf8')),
  ({allOf: _conditions, ...object}) => object,
);
const types = await typesOf(closed(schema), 'AirbyteProtocol');
const protocol = {
  path: 'cdk/protocol/generated/airbyte.ts',
  code: `// From ../airbyte.schema.json by \`npm run generate\`.\n\n${types}\n`,
};
if ((await isStale('.', protocol, {write: !check})) && check) {
  console.error(
    `Not up to date: ${protocol.path}. Run \`npm run generate\` and commit the result.`,
  );
  process.exitCode = 1;
}
process.exitCode ||= await runGenerate(check);
