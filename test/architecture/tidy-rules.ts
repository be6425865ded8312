import { basename, dirname } from 'node:path';
import { importsOf, type RoomImports } from './imports.js';
import type { SourceFile } from './source-tree.js';

/** A line that breaks a rule of the house, in the form compilers print. */
export interface Finding {
  readonly path: string;
  /** 1 is the first; 1 also when the file as a whole is meant. */
  readonly line: number;
  readonly banned: string;
  readonly use: string;
}

export function sayFinding({ path, line, banned, use }: Finding): string {
  return `${path}:${line}: error: ${banned} is banned, use ${use}`;
}

/** An exception to a rule: which lines under which path, and why they are right. Without a line to excuse it is a finding itself. */
export interface Allowance {
  /** A file, or a folder that ends in a slash. */
  readonly path: string;
  readonly line: RegExp;
  readonly because: string;
}

interface LineRule {
  readonly pattern: RegExp;
  readonly appliesTo: (path: string) => boolean;
  readonly use: string;
}

const isCode = (path: string): boolean => /\.([mc]?tsx?|mjs|cjs)(\.txt)?$/.test(path);
const isTest = (path: string): boolean => /(\.spec\.tsx?$|^test\/|\/testing\/)/.test(path);
const isProduction = (path: string): boolean => isCode(path) && /^(apps|libs|connectors)\//.test(path) && !isTest(path);
const everywhere = (): boolean => true;
/** Programs that talk to whoever started them. */
const isProgram = (path: string): boolean => /^apps\/(cli|demo)\/|\/main\.ts$/.test(path);

// Letters in brackets keep these patterns from finding themselves.
const LINE_RULES: readonly LineRule[] = [
  { pattern: /\b(T[O]DO|FIXM[E]|X[X]X|HAC[K])\b/, appliesTo: everywhere, use: 'finished work, or an issue' },
  { pattern: /\b(?:it|test|describe)\.onl[y]\b|\bf(?:it|describe)\(/, appliesTo: isCode, use: 'the plain form: the others must run too' },
  { pattern: /\b(?:it|test|describe)\.tod[o]\b|\bx(?:it|test|describe)\(/, appliesTo: isCode, use: 'a test, or .skip with "(skipped: why)" in its name' },
  { pattern: /expect\((?:true|false|1|0)\)\.to/, appliesTo: isCode, use: 'an expectation of something the code made' },
  { pattern: /@ts-(?:ignore|nocheck)|(?:eslint|oxlint)-disable(?!.* -- \w)/, appliesTo: (path) => isCode(path) && !path.startsWith('test/architecture/'), use: 'code that needs no exception, or "-- why" behind it' },
  { pattern: /\bconsole\.\w+\(/, appliesTo: (path) => isProduction(path) && !isProgram(path), use: 'the log that the caller hands in' },
  { pattern: /\/(?:wor[k]|far[m]|roo[t]|home\/\w+)\/(?:main|shared|wt|steering|in|\.\w)|\bsub[a]gents?\b|\bClaud[e]\b|\bChatGP[T]\b|\bcopilo[t]\b/i, appliesTo: everywhere, use: 'words that hold on every machine' },
  { pattern: /https?:\/\/registry\.(?!npmjs\.org)/, appliesTo: everywhere, use: 'the registry npm is set to' },
];

const MONEY = String.raw`(?:amount|total|balance|paid|gross|discount|minor|money|price|cents|tax|fee|\bopen\b|credit|debit)`;
const MONEY_RULE: LineRule = {
  pattern: new RegExp(String.raw`\bparseFloat\(|\.toFixed\(|\bNumber\([^,;]*?${MONEY}`, 'i'),
  appliesTo: (path) => isProduction(path) && !path.startsWith('libs/canonical/'),
  use: 'Money of libs/canonical, or a reasoned line in MONEY_ALLOWANCES',
};

export function findLines(files: readonly SourceFile[]): readonly Finding[] {
  return LINE_RULES.flatMap((rule) => linesWith(files, rule));
}

/** A float where money could pass. */
export function findMoneyFloats(files: readonly SourceFile[], allowances: readonly Allowance[]): readonly Finding[] {
  const used = new Set<Allowance>();
  const findings = linesWith(files, MONEY_RULE).filter(({ path, line }) => {
    const text = files.find((file) => file.path === path)?.text.split('\n')[line - 1] ?? '';
    const allowance = allowances.find((each) => path.startsWith(each.path) && each.line.test(text));
    if (allowance !== undefined) used.add(allowance);
    return allowance === undefined;
  });
  const stale = allowances.filter((allowance) => !used.has(allowance));
  return [...findings, ...stale.map(({ path, line }) => ({ path, line: 1, banned: `the allowance for ${line.source}, which excuses nothing,`, use: 'a list without it' }))];
}

function linesWith(files: readonly SourceFile[], rule: LineRule): readonly Finding[] {
  return files.filter((file) => rule.appliesTo(file.path)).flatMap((file) => file.text.split('\n').flatMap((text, index) => {
    const found = rule.pattern.exec(text);
    return found === null ? [] : [{ path: file.path, line: index + 1, banned: found[0].trim(), use: rule.use }];
  }));
}

const SKIP = /\b(?:it|test|describe)\.ski[p]\b/;
/** Where the sentence may stand: in the name on the line itself, or in the few lines that make the name. */
const SENTENCE_LINES = 5;

/** A test that does not run must say so where its result is read. */
export function findSilentSkips(files: readonly SourceFile[]): readonly Finding[] {
  return files.filter((file) => isCode(file.path)).flatMap((file) => {
    const lines = file.text.split('\n');
    return lines.flatMap((text, index) => {
      if (!SKIP.test(text)) return [];
      const near = lines.slice(Math.max(0, index - SENTENCE_LINES), index + 1).join('\n');
      return /[([]skipped: \S/.test(near) ? [] : [{ path: file.path, line: index + 1, banned: `.${'skip'} without a reason`, use: '"(skipped: why)" in the name of the test' }];
    });
  });
}

const EMPTY_NAMES = /(?:^|[-/])(?:utils?|helpers?|common|shared|core|managers?|misc|stuff)(?=[-./]|$)/;

/** Names that say nothing about what is inside. */
export function findEmptyNames(files: readonly SourceFile[]): readonly Finding[] {
  return files.flatMap(({ path }) => {
    const found = EMPTY_NAMES.exec(path);
    return found === null ? [] : [{ path, line: 1, banned: `the name "${found[0].replace(/^[-/]/, '')}"`, use: 'the noun of what it holds' }];
  });
}

/**
 * Production code that no production code needs, and test code that no test needs. Programs are needed by whoever names them: a
 * script, a page, a container, nest-cli.json.
 */
export function findDeadFiles(files: readonly SourceFile[], rooms: RoomImports): readonly Finding[] {
  const imports = importsOf(files, rooms);
  const needed = new Set<string>();
  for (const [from, targets] of imports) for (const to of targets) if (isTest(to) || !isTest(from) || isFrontDoor(to)) needed.add(to);
  return files.filter(({ path }) => /^(apps|libs|connectors|test)\/.*\.tsx?$/.test(path) && !/\.spec\.tsx?$/.test(path) && !needed.has(path) && !isNamed(path, files))
    .map(({ path }) => ({ path, line: 1, banned: 'a file that nothing but its own tests needs', use: 'it somewhere, or delete it' }));
}

const isFrontDoor = (path: string): boolean => path.endsWith('/src/index.ts');

/** Folders whose files a program finds by reading the folder. */
const READ_AS_FOLDERS = /^test\/fuzz\/(?:formats|planted)\//;

/** Enough of the path to be no accident (`apps/hub/src/main.js`), or from the same folder its quoted name (`'erp-program.js'`). */
function isNamed(path: string, files: readonly SourceFile[]): boolean {
  if (READ_AS_FOLDERS.test(path)) return true;
  const folder = dirname(path);
  const stem = basename(path).replace(/\.tsx?$/, '').replaceAll('.', '\\.');
  const fromAfar = new RegExp(`${basename(folder)}['"/, ]+${stem}\\.(js|ts)\\b`);
  const fromBeside = new RegExp(`['"/]${stem}(\\.(js|ts))?['"]`);
  const asProgram = new RegExp(`programFile\\([^)]*'${stem}'`);
  // From a folder above, by its way from there: 'documents/camt'.
  const fromAbove = new RegExp(`['"/]${basename(folder)}/${stem}(\\.(js|ts))?['"]`);
  return files.some((file) => file.path !== path && (fromAfar.test(file.text) || (dirname(file.path) === folder && asProgram.test(file.text)) || (isTest(path) && ((dirname(file.path) === folder && fromBeside.test(file.text)) || (dirname(file.path) === dirname(folder) && fromAbove.test(file.text))))));
}
