// `npm test`: works in a fresh clone. Every check, then the tests; the last line sums them up.
// Arguments are passed to vitest: `npm test -- test/engine/core`.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareChromium } from './chromium.mjs';
import { install, npm, root } from './prepare.mjs';

const count = { passed: 0, failed: 0, skipped: 0 };
const failures = [];

function fail(name) {
  count.failed++;
  failures.push(name);
}

/** Runs one npm script; a check that passes is silent. */
function runCheck(name, script) {
  const start = performance.now();
  const { status, stdout, stderr } = npm(['run', '--silent', script], {
    stdio: 'pipe',
    encoding: 'utf8',
  });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`\n── ${name}: ${status === 0 ? 'ok' : 'FAILED'} (${seconds} s)`);
  if (status === 0) count.passed++;
  else {
    console.log(`${stdout ?? ''}${stderr ?? ''}`.trimEnd());
    fail(name);
  }
  return status === 0;
}

/** Adds vitest's counts, which its JSON report holds. */
function addCounts(report) {
  count.passed += report.numPassedTests;
  count.skipped += report.numPendingTests + report.numTodoTests;
  for (const file of report.testResults) {
    const failed = file.assertionResults.filter((test) => test.status === 'failed');
    for (const test of failed) fail(test.fullName);
    // A file that could not be loaded has failed although none of its tests has.
    if (file.status === 'failed' && failed.length === 0) fail(file.name);
  }
}

function runTests() {
  const folder = mkdtempSync(join(tmpdir(), 'gradus-test-'));
  const json = join(folder, 'report.json');
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${json}`];
  const args = [vitest, 'run', ...reporters, ...process.argv.slice(2)];
  const failedBefore = count.failed;
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  try {
    addCounts(JSON.parse(readFileSync(json, 'utf8')));
  } catch (error) {
    fail(`vitest wrote no report (${error.message})`);
  }
  // An error outside of any test, such as a promise that nobody awaited, shows in the status only.
  if (status !== 0 && count.failed === failedBefore) fail('vitest ended with an error');
  rmSync(folder, { recursive: true });
}

try {
  install();
  // First, as the examples import the package by its name and are linted with its types.
  const built = runCheck('build', 'build');
  runCheck('format', 'format:check');
  runCheck('lint', 'lint');
  runCheck('types', 'typecheck');
  runCheck('imports', 'check:imports');
  runCheck('every source has a test', 'check:tests');
  runCheck('documents', 'check:docs');
  const chromium = prepareChromium();
  console.log(`\n── Chromium: ${chromium.path ?? `SKIPPED, as ${chromium.reason}`}`);
  console.log('\n── tests');
  if (built) runTests();
  else fail('tests: not run, as the build failed');
} catch (error) {
  fail(error.message);
}

if (failures.length > 0)
  console.log(`\nFailed:\n${failures.map((name) => `  ${name}`).join('\n')}`);
const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : '';
console.log(`\n${count.passed} passed, ${count.failed} failed${skipped}`);
process.exit(count.failed > 0 ? 1 : 0);
