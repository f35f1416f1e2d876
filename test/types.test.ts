// TypeScript reports an author's mistakes. tsc compiles a file with faults.
import {execFile} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from '@jest/globals';

const FOLDER = join(import.meta.dirname, 'types');
const TSC = join(import.meta.dirname, '../node_modules/typescript/bin/tsc');

const compile = (): Promise<string> =>
  new Promise((resolve) => {
    execFile(process.execPath, [TSC, '-p', FOLDER, '--pretty', 'false'], (_error, stdout) =>
      resolve(stdout),
    );
  });

/** The time limit of one compiler run, on a machine that may be busy. */
const TIMEOUT = 60_000;

type Fault = {readonly line: number; readonly texts: readonly string[]};

/** Each error with its line and two sentences of the compiler: the first, and the last, which is about the cause. */
const faultsIn = (output: string): readonly Fault[] =>
  output
    .split(/^(?=\S+\(\d+,\d+\): error )/m)
    .filter((error) => error.includes(': error '))
    .map((error) => {
      const [head = '', ...details] = error.trimEnd().split('\n');
      const [, line, first = ''] = /^\S+\((\d+),\d+\): error TS\d+: (.*)$/.exec(head) ?? [];
      const last = details.at(-1)?.trim();
      return {line: Number(line), texts: last === undefined ? [first] : [first, last]};
    });

/** The paths that a record's cursor may have, as the compiler lists them. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: it is the compiler's output
const PATHS = '"id" | "name" | "team.lead.login" | "updated_at" | `labels.${string}`';

const NO_DURATION = "Type 'number' has no properties in common with type 'ExactDuration'.";
const OTHER_ID = "Type 'string' is not assignable to type 'number'.";

/** Only the end of a long message is about the fault. */
const long = expect.any(String);

/** The expected errors, in the order of the file. */
const EXPECTED = [
  [long, NO_DURATION],
  [
    "Property 'tokne' does not exist on type '{ token: string; count?: number; }'. Did you mean 'token'?",
  ],
  [
    "Type '() => { baseUrl: string; header: {}; }' is not assignable to type '(config: NoInfer<{ token: string; count?: number; }>) => Known<{ baseUrl: string; header: {}; }>'.",
    "Type '{}' is not assignable to type 'never'.",
  ],
  [long, "Type '{ months: number; }' has no properties in common with type 'ExactDuration'."],
  [`Type '"idd"' is not assignable to type '"id" | "labels" | "name" | "team" | "updated_at"'.`],
  [`Type '"updated"' is not assignable to type '${PATHS}'.`],
  ["Property 'repo' does not exist on type '{ repository: string; }'."],
  [NO_DURATION],
  [`Type '"updated_at.date"' is not assignable to type '${PATHS}'. Did you mean '"updated_at"'?`],
  [
    `Type '"team.lead.logn"' is not assignable to type '${PATHS}'. Did you mean '"team.lead.login"'?`,
  ],
  [`Type '"team"' is not assignable to type '${PATHS}'.`],
  [`Type '"page"' is not assignable to type '"each-page" | "last-page" | undefined'.`],
  [
    "Object literal may only specify known properties, and 'order' does not exist in type 'TokenCursor<NoInfer<Record<never, never>>>'.",
  ],
  ["Property 'repo' does not exist on type '{ repository: string; }'."],
  [`Argument of type '"idd"' is not assignable to parameter of type '${PATHS}'.`],
  ["Property 'updated' does not exist on type 'Item'."],
  [expect.stringMatching(/known properties, and 'teem' does not exist/)],
  [
    `Type '"nam"' is not assignable to type '"id" | "labels" | "name" | "team" | "updated_at" | undefined'. Did you mean '"name"'?`,
  ],
  ["Property 'idd' does not exist on type 'NoInfer<Item>'."],
  [long, "Type '{ idd: number; }' has no properties in common with type 'Partial<NoInfer<Item>>'."],
  ["Property 'repo' does not exist on type '{ repository: string; }'."],
  [
    long,
    "Property 'updated_at' is missing in type '{ id: number | undefined; sha: string; }' but required in type 'Item'.",
  ],
  [
    long,
    expect.stringMatching(
      /^Property 'every' is missing in type .* but required in type '\{ readonly every: Duration; .*\}'\.$/,
    ),
  ],
  [long, OTHER_ID],
  [long, "Property 'updated_at' is missing in type '{ id: number; }' but required in type 'Item'."],
  [long, OTHER_ID],
  [long, OTHER_ID],
  [
    long,
    expect.stringMatching(
      /^Property 'updated_at' is optional in type .* but required in type 'Item'\.$/,
    ),
  ],
  ["Property 'shaa' does not exist on type 'RawItem'. Did you mean 'sha'?"],
  [
    long,
    `Property 'method' is missing in type '{ json: { all: boolean; }; }' but required in type '{ readonly method: "POST"; }'.`,
  ],
  ["Type '{ all: true; }' is not assignable to type 'undefined'."],
  [
    "Object literal may only specify known properties, and 'json' does not exist in type 'GetOptions'.",
  ],
  ["Type '{ all: true; }' is not assignable to type 'undefined'."],
  [long, expect.stringMatching(/^Property 'contentType' is missing in type '{ body: string; }'/)],
  [`Type '"DELETE"' is not assignable to type '"GET" | "POST" | undefined'.`],
];

test(
  'code that does not fit the schema, the config, the slices or HTTP does not compile, and the error names the fault',
  async () => {
    const lines = readFileSync(join(FOLDER, 'wrong-fields.ts'), 'utf8').split('\n');
    const wrong = lines.flatMap((line, index) => (line.includes('// wrong: ') ? [index + 2] : []));
    const faults = faultsIn(await compile());
    expect(faults.map(({line}) => line)).toEqual(wrong);
    expect(faults.map(({texts}) => texts)).toEqual(EXPECTED);
  },
  TIMEOUT,
);
