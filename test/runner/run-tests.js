// Runs every *.test.ts in a process of its own and believes only what the guard (guard.js) wrote down:
// a file passes when each test it registered ran, asserted and passed, and the process ended well.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const guard = new URL('guard.js', import.meta.url).href;
const minutesAFile = { short: 8, long: 120 };

function testFiles(folder, long) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.test.ts') && !name.includes('fixtures') && (long || !name.endsWith('.long.test.ts')))
    .map((name) => join(folder, name))
    .sort();
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** What is wrong with a finished file, in plain sentences; empty when it passed. */
function problemsOf(report, code, signal) {
  if (!report) return [`it ended (${signal ?? `exit ${code}`}) without running any test: does it call test.run()?`];
  const problems = [...report.problems];
  const ran = report.passed + report.failed;
  if (report.registered === 0 && report.skipped === 0) problems.push('it registers no test');
  if (ran < report.registered) problems.push(`${report.registered - ran} of its ${report.registered} tests never ran: a hook threw, test.run() is missing, or it left others out with only()`);
  if (report.failed === 0 && (code !== 0 || signal)) problems.push(`its process ended with ${signal ?? `exit code ${code}`}`);
  return problems;
}

/** Runs one test file; resolves to its counts and what it printed. */
export function runFile(file, { long = false, cwd = root } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'giverny-test-'));
  const reportFile = join(folder, 'report.json');
  const started = Date.now();
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--import', 'tsx', '--import', guard, file], {
      cwd,
      env: { ...process.env, GIVERNY_TEST_REPORT: reportFile, FORCE_COLOR: '0', ...(long ? { GIVERNY_TEST_LONG: '1' } : {}) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => (output += data));
    const timer = setTimeout(() => child.kill('SIGKILL'), (long ? minutesAFile.long : minutesAFile.short) * 60_000);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const report = readReport(reportFile);
      rmSync(folder, { recursive: true, force: true });
      const problems = problemsOf(report, code, signal);
      resolve({
        file,
        output,
        problems,
        passed: report?.passed ?? 0,
        failed: (report?.failed ?? 0) + (problems.length > 0 ? 1 : 0),
        skipped: report?.skipped ?? 0,
        seconds: (Date.now() - started) / 1000,
      });
    });
  });
}

function print(result) {
  const { file, output, problems, passed, failed, skipped, seconds } = result;
  const name = relative(root, file);
  const counts = `${passed} passed${failed ? `, ${failed} failed` : ''}${skipped ? `, ${skipped} skipped` : ''}, ${seconds.toFixed(1)} s`;
  console.log(`${failed ? 'FAIL' : 'ok  '} ${name} (${counts})`);
  const reasons = output.split('\n').filter((line) => /^\s*skip/i.test(line) && !/^\s*Skipped:/.test(line));
  if (failed) console.log(output.replace(/^/gm, '     '));
  else for (const reason of reasons) console.log(`     ${reason.trim()}`);
  for (const problem of problems) console.log(`     ${name}: ${problem}`);
}

/** Runs the files whose path contains one of the patterns (all when there are none); returns the exit code. */
export async function runTests(args) {
  const long = args.includes('--long');
  const patterns = args.filter((arg) => !arg.startsWith('--'));
  const queue = testFiles(join(root, 'test'), long).filter((file) => patterns.length === 0 || patterns.some((pattern) => relative(root, file).includes(pattern)));
  const totals = { passed: 0, failed: 0, skipped: 0 };
  const worker = async () => {
    for (let file = queue.shift(); file; file = queue.shift()) {
      const result = await runFile(file, { long });
      print(result);
      for (const key of Object.keys(totals)) totals[key] += result[key];
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(availableParallelism(), 4)) }, worker));
  console.log(`\n${totals.passed} passed, ${totals.failed} failed${totals.skipped ? `, ${totals.skipped} skipped` : ''}`);
  return totals.failed > 0 || totals.passed === 0 ? 1 : 0;
}
