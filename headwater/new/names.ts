/** The forms of a new source's name. */
export interface Names {
  /** In folders and images: `my-crm`. */
  readonly name: string;
  /** For people: `My Crm`. */
  readonly title: string;
  /** In code: `myCrm`, and `MyCrm` inside a longer name. */
  readonly value: string;
  readonly Value: string;
}

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

const capital = (word: string): string => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`;

/** Words that cannot be names in JavaScript, and names that the code of a new source uses. */
const TAKEN = [
  ...['await', 'break', 'case', 'catch', 'class', 'const', 'continue', 'debugger', 'default'],
  ...['delete', 'do', 'else', 'enum', 'export', 'extends', 'false', 'finally', 'for', 'function'],
  ...[
    'if',
    'implements',
    'import',
    'in',
    'instanceof',
    'interface',
    'let',
    'new',
    'null',
    'package',
  ],
  ...[
    'private',
    'protected',
    'public',
    'return',
    'static',
    'super',
    'switch',
    'this',
    'throw',
    'true',
  ],
  ...['try', 'typeof', 'var', 'void', 'while', 'with', 'yield', 'eval', 'arguments'],
  ...[
    'bearer',
    'config',
    'api',
    'run',
    'spec',
    'items',
    'groups',
    'stream',
    'secret',
    'test',
    'expect',
  ],
];

/** Undefined if the name is not valid. */
export const namesOf = (name: string): Names | undefined => {
  if (!NAME.test(name) || name.length > 40 || TAKEN.includes(name)) return undefined;
  const words = name.split('-').map(capital);
  const Value = words.join('');
  return {name, title: words.join(' '), value: `${name.slice(0, 1)}${Value.slice(1)}`, Value};
};
