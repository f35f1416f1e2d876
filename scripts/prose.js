// Finds phrases that read as translated, in comments, messages, test titles and docs: `npm run prose`.
// Each has the words to write instead. The list is short on purpose: it has only phrases that were really written.
import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';

/** @type {readonly {pattern: RegExp, instead: string}[]} */
const PHRASES = [
  {pattern: /\banew\b/i, instead: 'again, from the beginning'},
  {pattern: /\b(gone|goes|go|going|went) on from\b/i, instead: 'resumed, resumes from'},
  {pattern: /\b(is|are|was|were) none\b(?! of)/i, instead: 'is not a …, has no …'},
  {pattern: /\b(is|are|was|were|be) told\b|\bnobody told\b/i, instead: 'is logged, is reported'},
  {
    pattern:
      /\b(who|whoever) (waits?|asks?|reads?|looks?|needs?|wants?|uses?|calls?|gets?|listens?)\b/i,
    instead: 'callers that …, a reader that …',
  },
  {
    pattern: /\bby whom\b|\bthe one who\b|\bfor whoever\b|\bto who\b/i,
    instead: 'the caller that …',
  },
  {
    pattern: /\bbehind (it|them|the last|the end|which|that|this|each|all|these|those)\b/i,
    instead: 'after',
  },
  {pattern: /\bas it (stands|comes|has it|came)\b/i, instead: 'unchanged'},
  {
    pattern: /\bof its own accord\b|\bfor the time being\b|\bfor ever\b/i,
    instead: 'by itself, forever',
  },
  {pattern: /\bthat there (is|are)\b(?= (not|none|no)\b)/i, instead: 'an unknown …'},
  {pattern: /\bcan not\b(?! only)/i, instead: 'cannot'},
  {
    pattern: /(?<!\bthere )\b(is|was|are|were) no (?!longer\b|more\b|other\b|use\b)\w+/i,
    instead: 'is not a …, has no …',
  },
];

/** A comment that begins so has no verb: `/** What a run lends to its streams *​/` instead of `Lent by a run …`. */
const VERBLESS = /^\s*(?:\/\/|\/\*\*|\*) (What|How|Whether|Which|Where|Who|Whose)\b(?!.*\?)/;

const files = execFileSync('git', ['ls-files', '*.ts', '*.js', '*.cjs', '*.md', '*.txt', '*.sh'], {
  encoding: 'utf8',
})
  .split('\n')
  .filter(
    (path) =>
      path !== '' &&
      !/generated\/|^scripts\/prose\.js$|^bench\/results|^docs\/.*\.json$/.test(path),
  );

/** The comment lines of code that begin a comment, not those that continue one. */
const begins = (lines, index) =>
  !/^\s*(\/\/|\*)/.test(lines[index]) ||
  (/^\s*\/\//.test(lines[index]) && !/^\s*\/\//.test(lines[index - 1] ?? '')) ||
  (/^\s*\* /.test(lines[index]) && /^\s*\/\*\*\s*$/.test(lines[index - 1] ?? ''));

const faultsIn = (path) => {
  const lines = readFileSync(path, 'utf8').split('\n');
  let fenced = false;
  return lines.flatMap((line, index) => {
    if (path.endsWith('.md') && line.trimStart().startsWith('```')) fenced = !fenced;
    if (fenced) return [];
    const found = PHRASES.filter(({pattern}) => pattern.test(line)).map(
      ({pattern, instead}) => `"${pattern.exec(line)?.[0]}": say ${instead}`,
    );
    const verbless = path.endsWith('.md') ? null : VERBLESS.exec(line);
    if (verbless && begins(lines, index)) {
      found.push(`a comment that begins with "${verbless[1]}" has no verb: say what it does`);
    }
    return found.map((fault) => `${path}:${index + 1}: ${fault}`);
  });
};

const only = process.argv.slice(2);
const faults = files
  .filter((path) => only.length === 0 || only.some((room) => path.startsWith(room)))
  .flatMap(faultsIn);
for (const fault of faults) console.log(fault);
if (faults.length > 0) {
  console.error(`${faults.length} phrases to write in plain English.`);
  process.exitCode = 1;
}
