/**
 * `parts [--skipped] LIMIT COMMAND...` runs the commands one after another, also after one that failed. Its last line is the sum of
 * their own `N passed, N failed[, N skipped]` lines; `, N skipped` is printed with --skipped only. A command without such a line
 * counts as one test. A command whose exit code is not 0 has at least one failure. A command that takes longer than the limit
 * (`30m`) is killed with all that it started, and has failed. Just before the last line stand all lines that began with `failed: `,
 * so that the end of a long log names what failed.
 *
 * Not with zx: its kill() needs the program ps, which a bare container lacks. `timeout` kills a whole process group.
 */
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { type Counts, countsOf, type Part, summary } from './part-counts.ts';

const words = process.argv.slice(2);
const showSkipped = words[0] === '--skipped';
if (showSkipped) words.shift();
const [limit = '', ...commands] = words;
if (commands.length === 0 || !/^[\d.]+[smhd]?$/.test(limit)) {
  console.error('usage: bash ci/parts [--skipped] LIMIT COMMAND...; LIMIT is a duration such as 30m');
  process.exit(2);
}

/** Runs a command to its end and shows what it prints. */
async function runPart(command: string): Promise<Part> {
  const script = 'exec timeout --kill-after=60 "$0" bash -c "$1" 2>&1'; // one pipe keeps the order of both streams
  const child = execa('bash', ['-c', script, limit, command], {
    buffer: false,
    reject: false,
    stdin: 'inherit',
    stderr: 'inherit',
  });
  child.stdout.pipe(process.stdout, { end: false });
  let counts: Counts | undefined;
  const failures: string[] = [];
  for await (const line of createInterface({ input: child.stdout, crlfDelay: Number.POSITIVE_INFINITY })) {
    counts = countsOf(line) ?? counts;
    if (line.startsWith('failed: ')) failures.push(line);
  }
  const { exitCode = 1 } = await child;
  return { command, exitCode, counts, failures };
}

const parts: Part[] = [];
for (const command of commands) {
  console.log(`== ${command}`);
  const part = await runPart(command);
  parts.push(part);
  if (summary([part]).failed > 0) console.log(`== failed: ${command}`);
}
const { passed, failed, skipped, failures } = summary(parts);
for (const line of failures) console.log(line);
console.log(`${passed} passed, ${failed} failed${showSkipped && skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed > 0 ? 1 : 0;
