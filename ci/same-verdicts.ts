/**
 * Compares the verdicts and observations of several runs: `node --import tsx ci/same-verdicts.ts out1 out2 out3`, each a folder of
 * `--out`. Prints every difference. Exit code 1 when runs differ, 2 when there are fewer than two runs with results.
 */
import { disagreements } from '../harness/report/same-verdicts.ts';
import { readResults } from '../harness/run/results/results-file.ts';

const runs = await Promise.all(process.argv.slice(2).map(readResults));
const lines = disagreements(runs);
for (const line of lines) console.log(line);
const judged = runs.map(({ results }) => results.length);
console.log(`${runs.length} runs of ${judged.join(', ')} verdicts: ${lines.length} disagreements`);
process.exitCode = runs.length < 2 || judged.includes(0) ? 2 : lines.length > 0 ? 1 : 0;
