import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, relative} from 'node:path';
import {inspect} from 'node:util';
import {afterAll, beforeAll, describe, expect, test} from '@jest/globals';
import {
  RECORDING,
  readRecording,
  recordSaid,
  registerAuthorization,
  registerSecret,
} from '../recording.ts';
import {ENCODING_NAMES} from './encodings.ts';
import {findSecrets, scan} from './scan.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** Has characters that each encoding writes differently. It is not in the recording of this run. */
const VALUE = `p@ss/w"rd<1>&+é ~=!`;
const planted = {name: 'planted', value: VALUE};
const KEY = ['-----BEGIN KEY-----', 'MIIEvQIBADANBgkqhkiG9w0B', 'AQEFAASCBKcwggSjAgEAAoIB'].join(
  '\n',
);

const PLANTED: readonly (readonly [string, string])[] = [
  ['raw', `It was ${VALUE}.`],
  ['JSON', JSON.stringify({password: VALUE})],
  ['JSON with escaped slashes', '{"password":"p@ss\\/w\\"rd<1>&+é ~=!"}'],
  ['JSON in ASCII', '{"password":"p@ss/w\\"rd<1>&+\\u00e9 ~=!"}'],
  ['JSON in ASCII', '{"password":"p@ss/w\\"rd<1>&+\\u00E9 ~=!"}'],
  ['JSON for HTML', '{"password":"p@ss/w\\"rd\\u003c1\\u003e\\u0026+é ~=!"}'],
  ['JSON for HTML', '{"password":"p@ss/w\\"rd\\u003C1\\u003E\\u0026+é ~=!"}'],
  ['JSON in JSON', JSON.stringify(JSON.stringify({password: VALUE}))],
  [
    'all \\u escapes',
    Array.from(VALUE, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
  ],
  ['URL component', `https://api.test/?key=${encodeURIComponent(VALUE)}&x=1`],
  ['URL component', 'key=p%40ss%2Fw%22rd%3C1%3E%26%2B%C3%A9%20~%3D%21'],
  ['URL component, lower case', 'key=p%40ss%2fw%22rd%3c1%3e%26%2b%c3%a9%20~%3d!'],
  ['whole URL', encodeURI(`https://api.test/${VALUE}`)],
  ['form', `${new URLSearchParams({key: VALUE})}`],
  ['form, lower case', 'key=p%40ss%2fw%22rd%3c1%3e%26%2b%c3%a9+%7e%3d%21'],
  ['hex', Buffer.from(VALUE).toString('hex')],
  ['hex', Buffer.from(VALUE).toString('hex').toUpperCase()],
];

const found = (secret: {name: string; value: string}, text: string) =>
  findSecrets([secret], [{by: 'a test', text}]);

describe('a scan', () => {
  test.each(PLANTED)('finds a secret in %s: %s', (encoding, text) => {
    expect(found(planted, text)).toContainEqual(`planted, ${encoding}, printed by a test`);
  });

  const BASE64: Readonly<Record<string, (text: string) => string>> = {
    base64: (text) => Buffer.from(text).toString('base64'),
    base64url: (text) => Buffer.from(text).toString('base64url'),
    'base64 in a URL': (text) => encodeURIComponent(Buffer.from(text).toString('base64')),
  };
  test.each(
    Object.keys(BASE64).flatMap((encoding) =>
      ['', 'a', 'ab', 'alice:'].map((before) => [encoding, before] as const),
    ),
  )('finds a secret in %s, after "%s"', (encoding, before) => {
    const value = '>>>???>>>???';
    const text = `Basic ${BASE64[encoding]?.(before + value)}`;
    expect(found({name: 'odd', value}, text)).toEqual([`odd, ${encoding}, printed by a test`]);
    expect(found({name: 'odd', value}, `Basic ${BASE64[encoding]?.(before)}`)).toEqual([]);
  });

  test.each([['back\\slash'], ["back\\slash and 'quotes'"], ['back\\slash and\nline']])(
    'finds %j printed by Node',
    (value) => {
      expect(found({name: 'odd', value}, inspect({value}, {breakLength: 200}))).toContain(
        'odd, printed by Node, printed by a test',
      );
    },
  );

  test('finds each line of a secret with several lines, but not the lines around them', () => {
    const key = {name: 'key', value: KEY};
    const leak = 'key, one line of many, printed by a test';
    expect(found(key, 'at MIIEvQIBADANBgkqhkiG9w0B')).toEqual([leak]);
    expect(found(key, 'at AQEFAASCBKcwggSjAgEAAoIB')).toEqual([leak]);
    expect(found(key, '-----BEGIN KEY-----')).toEqual([]);
    expect(found({name: 'key', value: KEY.replaceAll('\n', '\\n')}, KEY)).toEqual([leak]);
  });

  test('is tested with every encoding that it knows', () => {
    const tried = new Set([
      ...PLANTED.map(([encoding]) => encoding),
      ...Object.keys(BASE64),
      'printed by Node',
      'one line of many',
    ]);
    expect([...tried].sort()).toEqual([...ENCODING_NAMES].sort());
  });

  test('reports how much it scanned if it finds nothing', () => {
    const said = [{by: 'a test', text: 'p@ss/w is é, p@ss/w"rd too'}];
    expect(scan([planted, planted], said)).toBe(
      `Secret scan: 1 secrets, ${ENCODING_NAMES.length} encodings, 27 bytes of output, nothing found.`,
    );
  });

  test('fails with the name of each leak, and does not repeat the secret', () => {
    const said = [
      {by: 'one', text: `${VALUE} ${VALUE}`},
      {by: 'two', text: encodeURIComponent(VALUE)},
    ];
    expect(() => scan([planted], said)).toThrow(
      new Error(
        'Secret scan: 2 leaks.\n- planted, raw, printed by one\n- planted, URL component, printed by two',
      ),
    );
  });
});

describe('a recording', () => {
  const folder = mkdtempSync(join(tmpdir(), 'headwater-recording-'));
  const ours = process.env[RECORDING];
  beforeAll(() => {
    process.env[RECORDING] = folder;
  });
  afterAll(() => {
    if (ours === undefined) delete process.env[RECORDING];
    else process.env[RECORDING] = ours;
    rmSync(folder, {recursive: true});
  });

  test('keeps secrets and output except records and CONTROL messages, raw and parsed', () => {
    registerSecret('one', 'hush-1');
    registerSecret('too short', 'hush');
    registerAuthorization('two', 'Bearer hush-2');
    registerAuthorization('three', `Basic ${Buffer.from('me:hush-3:4').toString('base64')}`);
    registerAuthorization('four', undefined);
    recordSaid(
      'a test',
      [
        '{"type":"RECORD","record":{"data":{"a":1}}}',
        '{"type":"CONTROL","control":{}}',
        '{"type":"LOG","log":{"message":"say \\"x\\""}}',
        'on stderr',
        '',
      ].join('\n'),
    );
    expect(readRecording(folder)).toEqual({
      secrets: [
        {name: 'one', value: 'hush-1'},
        {name: 'two', value: 'hush-2'},
        {name: 'three', value: 'hush-3:4'},
      ],
      said: [
        {
          by: 'a test',
          text: '{"type":"LOG","log":{"message":"say \\"x\\""}}\non stderr\nLOG\nsay "x"',
        },
      ],
    });
  });
});

describe('a run of jest', () => {
  const folder = mkdtempSync(join(import.meta.dirname, '.planted-'));
  afterAll(() => rmSync(folder, {recursive: true}));

  /** Runs jest with our set-up and tear-down, and one test with this body. */
  const runJest = (body: string) => {
    const support = join(ROOT, 'cdk/testing/secrets.ts');
    const code = `import {test} from '@jest/globals';\nimport {said, secret} from '${support}';\ntest('it', () => { ${body} });\n`;
    writeFileSync(join(folder, 'planted.test.ts'), code);
    const rootDir = JSON.stringify(ROOT);
    const testMatch = JSON.stringify([`${folder}/*.test.ts`]);
    const config = join(folder, 'jest.config.mjs');
    writeFileSync(
      config,
      [
        `import shared from '${ROOT}/jest.config.js';`,
        `const [project] = shared.projects;`,
        `const planted = {...project, rootDir: ${rootDir}, testMatch: ${testMatch}};`,
        `export default {...shared, rootDir: ${rootDir}, projects: [planted]};\n`,
      ].join('\n'),
    );
    const jest = join(ROOT, 'node_modules/jest/bin/jest.js');
    return spawnSync(process.execPath, ['--experimental-vm-modules', jest, '--config', config], {
      encoding: 'utf8',
      cwd: ROOT,
      env: {...process.env, HEADWATER_TESTS: 'quick'},
    });
  };

  test('fails if a secret is printed, although all of its tests pass', () => {
    const {status, stderr} = runJest("said(encodeURIComponent(secret('planted')));");
    const where = `${relative(ROOT, folder)}/planted.test.ts, "it"`;
    expect(stderr).toContain('Tests:       1 passed, 1 total');
    expect(stderr).toContain(
      `Secret scan: 1 leaks.\n- planted of ${where}, URL component, printed by ${where}\n`,
    );
    expect(status).toBe(1);
  }, 30_000);

  test('passes otherwise, and reports how much was scanned', () => {
    const {status, stderr} = runJest("secret('planted'); said('nothing');");
    expect(stderr).toContain(
      `Secret scan: 1 secrets, ${ENCODING_NAMES.length} encodings, 7 bytes of output, nothing found.\n`,
    );
    expect(status).toBe(0);
  }, 30_000);
});
