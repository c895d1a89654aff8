/**
 * Everything that must hold before a release, in one run: the tests, and what looks at the sources and the package.
 * A failed step does not stop the rest. The last line is `N passed, N failed`, over all tests of all
 * runtimes and one for each other step.
 *
 *   npm run check [-- STEP…]
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const REPORT = '.cache/vitest.json';

interface Tally {
  readonly passed: number;
  readonly failed: number;
}

/** Name -> npm arguments. Each is one command with an exit status. */
const STEPS: Readonly<Record<string, readonly string[]>> = {
  lint: ['run', 'lint'],
  build: ['run', 'build'],
  types: ['run', 'types'],
  unused: ['run', 'unused'],
  package: ['run', 'package'],
  test: ['test', '--', '--reporter=default', '--reporter=json', `--outputFile.json=${REPORT}`],
};

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { status: string }[];
  }[];
}

/** What vitest counted over all projects; a file that cannot be loaded, or a run that dies, is a failure too. */
function testTally(ok: boolean): Tally {
  if (!existsSync(join(ROOT, REPORT))) return { passed: 0, failed: 1 };
  const report: Report = JSON.parse(readFileSync(join(ROOT, REPORT), 'utf8'));
  const unloadable = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  );
  const failed = report.numFailedTests + unloadable.length;
  return { passed: report.numPassedTests, failed: ok ? failed : Math.max(failed, 1) };
}

const named = process.argv.slice(2);
const unknown = named.filter((name) => !(name in STEPS));
if (unknown.length > 0) throw new Error(`check: steps are ${Object.keys(STEPS).join(', ')}; got ${unknown.join(', ')}`);

mkdirSync(join(ROOT, '.cache'), { recursive: true });
rmSync(join(ROOT, REPORT), { force: true });
const rows: string[] = [];
let passed = 0;
let failed = 0;
for (const [name, args] of Object.entries(STEPS)) {
  if (named.length > 0 && !named.includes(name)) continue;
  console.log(`\n== ${name}`);
  const start = performance.now();
  const ok = spawnSync('npm', args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
  const tally = name === 'test' ? testTally(ok) : { passed: Number(ok), failed: Number(!ok) };
  passed += tally.passed;
  failed += tally.failed;
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  rows.push(`${ok ? 'ok    ' : 'FAILED'} ${name.padEnd(8)} ${seconds.padStart(6)} s`);
}
console.log(`\n${rows.join('\n')}\n${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
