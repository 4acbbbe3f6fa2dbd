/**
 * Whether mutants are killed every time: `node --import tsx ci/every-time.ts 20 revert/unpin-in-caller …` builds each mutant
 * (images/kernels/mutants) and runs the cases that must fail on it so many times, each in a guest of its own. Prints what failed,
 * and how often; exit code 1 when a case did not FAIL in a run, or nothing was the same in all runs.
 */
import { fileURLToPath } from 'node:url';
import { buildKernel } from '../harness/kernels/build/build.ts';
import { loadMutants } from '../harness/prove/mutant-files.ts';
import { isEveryTime, tally } from '../harness/report/text/series/every-time.ts';
import { findCases } from '../harness/run/discovery/cases.ts';
import type { CaseResult } from '../harness/run/events.ts';
import { run } from '../harness/run/run.ts';

const [times = '20', ...ids] = process.argv.slice(2);
const signal = new AbortController().signal;
const progress = (message: string) => process.stderr.write(`${message}\n`);
const folder = fileURLToPath(new URL('../cases', import.meta.url));
const { declared } = await loadMutants(folder);
let always = ids.length > 0;
for (const id of ids) {
  const mutant = declared.find((one) => one.id === id);
  if (mutant === undefined) throw new TypeError(`there is no mutant "${id}": npx kconform prove --list`);
  const { edits, mustFail } = mutant;
  const kernel = await buildKernel({ source: '6.12', profile: 'debug', edits, label: id }, { signal, progress });
  const cases = await findCases(folder, Object.keys(mustFail));
  const repeated = Array.from({ length: Number(times) }, () => cases).flat();
  const results: CaseResult[] = []; // run() returns one result for each name
  await run({
    kernels: [{ ...kernel, obtain: async () => kernel }],
    cases: repeated,
    boot: undefined,
    accelerator: undefined,
    isolation: 'clone',
    jobs: undefined,
    leaks: false,
    retry: false,
    version: 'ci',
    ownOptions: [],
    reporters: [
      {
        on: (event) => {
          if (event.type === 'case-finished') results.push(event.result);
        },
      },
    ],
    signal,
  });
  if (results.length !== repeated.length)
    throw new TypeError(`${results.length} of ${repeated.length} runs were judged`);
  for (const { name } of cases) {
    const shown = tally(results.filter((result) => result.case === name));
    always &&= isEveryTime(shown);
    console.log(`${id} ${name}: ${shown.failed} of ${shown.runs} FAIL`);
    for (const [sign, count] of shown.signs) console.log(`  ${count} of ${shown.runs} ${sign}`);
  }
}
process.exitCode = always ? 0 : 1;
