/**
 * Runs the cases with `kconform run` and counts verdicts as tests: PASS and XFAIL have passed; FAIL, XPASS and ERROR have failed.
 * Names each failed case in a line that begins with `failed: `, and ends with the line `N passed, N failed[, N skipped]`.
 * The exit code is kconform's.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { $ } from 'zx';
import { isUnexpected } from '../harness/expect/outcome.ts';
import { kernelNames } from '../harness/run/kernel-names.ts';
import { readResults } from '../harness/run/results/results-file.ts';
import { countVerdicts } from '../harness/run/results/totals.ts';
import { scratchFolder } from './scratch.ts';

const out = scratchFolder();
const attached = { stdio: 'inherit', nothrow: true, detached: false } as const; // Ctrl-C reaches kconform too
const { exitCode } = await $(attached)`npx kconform run --out ${out} ${process.argv.slice(2)}`;
process.exitCode = exitCode ?? 2;
if (existsSync(join(out, 'results.json'))) {
  const { results } = await readResults(out);
  const { PASS, XFAIL, SKIP, FAIL, XPASS, ERROR } = countVerdicts(results);
  const nameOf = kernelNames(results.map(({ kernel }) => kernel));
  for (const { kernel, case: name, verdict, reason = '' } of results) {
    if (isUnexpected(verdict))
      console.log(`failed: ${name} on ${nameOf(kernel)}: ${verdict}: ${reason.split('\n')[0]}`);
  }
  console.log(`${PASS + XFAIL} passed, ${FAIL + XPASS + ERROR} failed${SKIP > 0 ? `, ${SKIP} skipped` : ''}`);
}
