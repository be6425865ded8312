/**
 * `npm test [-- <stage or pattern>...]`: every check of the repository, one after the other, each with a time limit.
 *
 * A word that is a stage's name runs that stage; any other word is a pattern of spec paths and runs the Jest stages (after a
 * build) on the files it fits. The last line is `N passed, N failed, N skipped` over all stages; the exit code is 0 only when
 * something passed and nothing failed. Needs Node and npm, nothing else. Why it is so: test/README.md.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const RESULTS = join(ROOT, 'var', 'test', 'results');
/** Two: every worker of the e2e stages runs a Postgres of its own, and a laptop has other work too. */
const WORKERS = 2;
/** After its time limit a stage gets this long to end in order before it is killed. */
const GRACE_MS = 5_000;
const MINUTE_MS = 60_000;
/** Exit code after Ctrl-C, as shells have it. */
const INTERRUPTED = 130;
/** Windows has no process groups. */
const GROUPS = process.platform !== 'win32';
/** Longest piece of a failure shown again in the list at the end. */
const EXCERPT_LINES = 6;

const SCRIPTS = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).scripts;
const program = (path) => join(ROOT, 'node_modules', path);

/** A static check is a script of package.json; it counts as one test. */
const check = (name, limitMinutes, script) => ({ name, kind: 'check', limitMs: limitMinutes * MINUTE_MS, script });
/** A Jest project; its tests are counted from Jest's own report. */
const suite = (name, limitMinutes, workers = WORKERS) => ({ name, kind: 'suite', limitMs: limitMinutes * MINUTE_MS, workers });

/** The limits end a hang; they are several times what a stage takes on two idle cores. */
export const STAGES = [
  check('types', 3, 'typecheck'),
  check('lint', 1, 'lint'),
  check('rooms', 2, 'rooms'),
  check('build', 2, 'build'),
  suite('unit', 6),
  suite('house', 6),
  suite('conformance', 6),
  suite('e2e', 8),
  suite('faults', 8),
];

/** The Node that `npm ci` installed; whoever runs `node test/run.mjs` by hand may have an older one. */
const NODE = existsSync(program('node/bin/node')) ? program('node/bin/node') : process.execPath;
const ENVIRONMENT = { ...process.env, PATH: [program('.bin'), process.env.PATH ?? ''].join(delimiter), ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }) };

/** Nest is ES modules, which Jest loads only under the first flag. Flags, not NODE_OPTIONS: programs that specs start shall run as users start them. */
const JEST_FLAGS = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];

/** Which stages, on which spec paths. */
export function choose(words) {
  const named = words.filter((word) => STAGES.some((stage) => stage.name === word));
  const patterns = words.filter((word) => !named.includes(word));
  if (words.length === 0) return { stages: STAGES, patterns };
  if (named.length === 0) {
    // Some e2e specs start compiled programs. Here the build only prepares: it is no test that was asked for.
    const build = STAGES.filter((stage) => stage.name === 'build').map((stage) => ({ ...stage, prepares: true }));
    return { stages: [...build, ...STAGES.filter((stage) => stage.kind === 'suite')], patterns };
  }
  return { stages: STAGES.filter((stage) => named.includes(stage.name)), patterns };
}

/**
 * Runs a program to its end or to its limit, its output streamed. The child leads a process group, so that the limit and Ctrl-C
 * end what it started too. Resolves to what went wrong, or null.
 */
export function runToEnd(start, limitMs) {
  return new Promise((resolve) => {
    const child = start({ cwd: ROOT, env: ENVIRONMENT, stdio: ['ignore', 'inherit', 'inherit'], detached: GROUPS });
    let overtime = false;
    const limit = setTimeout(() => { overtime = true; endGroup(child, 'SIGTERM'); }, limitMs);
    const kill = setTimeout(() => { endGroup(child, 'SIGKILL'); }, limitMs + GRACE_MS);
    const interrupt = () => { process.exitCode = INTERRUPTED; endGroup(child, 'SIGTERM'); };
    process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
    const end = (problem) => {
      clearTimeout(limit);
      clearTimeout(kill);
      process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
      resolve(problem);
    };
    child.once('error', (error) => { end(`cannot start: ${error.message}`); });
    child.once('exit', (code, signal) => {
      if (overtime) end(`did not end within ${limitMs / MINUTE_MS} minutes and was killed: something hangs or is left open`);
      else end(code === 0 ? null : `ended with ${signal ?? `code ${code}`}`);
    });
  });
}

function endGroup(child, signal) {
  if (child.pid === undefined || child.exitCode !== null) return;
  try {
    process.kill(GROUPS ? -child.pid : child.pid, signal);
  } catch (error) {
    // It ended in between.
    if (error.code !== 'ESRCH') throw error;
  }
}

async function runCheck(stage) {
  const problem = await runToEnd((options) => spawn(SCRIPTS[stage.script], { ...options, shell: true }), stage.limitMs);
  return problem === null ? { passed: stage.prepares === true ? 0 : 1, failed: 0, skipped: 0, failures: [] } : { passed: 0, failed: 1, skipped: 0, failures: [`${stage.name}: ${problem}`] };
}

async function runSuite(stage, patterns) {
  const report = join(RESULTS, `${stage.name}.json`);
  rmSync(report, { force: true });
  const words = [...JEST_FLAGS, program('jest/bin/jest.js'), '--ci', `--selectProjects=${stage.name}`, `--maxWorkers=${stage.workers}`, '--json', `--outputFile=${report}`];
  const part = patterns.length === 0 ? [] : ['--passWithNoTests', ...patterns.map((pattern) => `--testPathPatterns=${pattern}`)];
  const problem = await runToEnd((options) => spawn(NODE, [...words, ...part], options), stage.limitMs);
  return countReport(stage.name, existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : null, problem);
}

/**
 * Counts a Jest report. A spec file that does not even load has no tests, yet is a failure; so is a run that ended badly though
 * every test in it passed (a hang after the last test, a crash of Jest itself).
 */
export function countReport(name, report, problem) {
  const failures = (report?.testResults ?? []).flatMap((file) => failuresOf(name, file));
  const failed = (report?.numFailedTests ?? 0) + (report?.numRuntimeErrorTestSuites ?? 0);
  const endedBadly = report === null || (problem !== null && (failed === 0 || problem.startsWith('did not end')));
  if (endedBadly) failures.push(`${name}: ${problem ?? 'left no report'}`);
  return {
    passed: report?.numPassedTests ?? 0, failed: failed + (endedBadly ? 1 : 0),
    skipped: (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0), failures,
  };
}

function failuresOf(name, file) {
  const path = file.name.replace(`${ROOT}/`, '');
  const tests = file.assertionResults.filter((test) => test.status === 'failed');
  if (tests.length === 0) return file.status === 'failed' && file.assertionResults.length === 0 ? [`${name} › ${path} does not load\n${excerpt(file.message)}`] : [];
  return tests.map((test) => `${name} › ${path} › ${test.fullName}\n${excerpt(test.failureMessages.join('\n'))}`);
}

function excerpt(text) {
  const lines = stripVTControlCharacters(text).split('\n').filter((line) => line.trim() !== '' && !/^\s+at .*node_modules/.test(line));
  return lines.slice(0, EXCERPT_LINES).map((line) => `    ${line.trim()}`).join('\n');
}

async function main() {
  const { stages, patterns } = choose(process.argv.slice(2));
  mkdirSync(RESULTS, { recursive: true });
  const total = { passed: 0, failed: 0, skipped: 0, failures: [] };
  const times = [];
  for (const stage of stages) {
    console.log(`\n== ${stage.name}`);
    const started = performance.now();
    const result = stage.kind === 'check' ? await runCheck(stage) : await runSuite(stage, patterns);
    const seconds = ((performance.now() - started) / 1_000).toFixed(1);
    const line = `${stage.name.padEnd(12)} ${seconds.padStart(6)} s   ${tally(result)}`;
    times.push(line);
    console.log(`== ${line}`);
    for (const key of ['passed', 'failed', 'skipped']) total[key] += result[key];
    total.failures.push(...result.failures);
    if (process.exitCode === INTERRUPTED) break;
  }
  report(total, times);
}

const tally = (counts) => `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`;

function report(total, times) {
  if (total.failures.length > 0) console.log(`\nWhat failed:\n${total.failures.map((failure) => `- ${failure}`).join('\n')}`);
  if (total.passed + total.failed === 0) console.log('\nNo test was run: no stage has this name and no spec file fits this pattern.');
  console.log(`\n${times.join('\n')}\n${tally(total)}`);
  if (total.failed > 0 || total.passed === 0) process.exitCode ??= 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
