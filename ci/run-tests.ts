/**
 * Runs vitest with the arguments, names each failed test in a line that begins with `failed: `, and ends with the line
 * `N passed, N failed[, N skipped]`. The exit code is vitest's.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { $ } from 'zx';
import { scratchFolder } from './scratch.ts';
import { readReport } from './test-report.ts';

const report = join(scratchFolder(), 'vitest.json');
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
const attached = { stdio: 'inherit', nothrow: true, detached: false } as const; // Ctrl-C reaches vitest too
const { exitCode } = await $(attached)`npx vitest run ${reporters} ${process.argv.slice(2)}`;
const text = existsSync(report) ? readFileSync(report, 'utf8') : undefined;
const { passed, failed, skipped, failures } = readReport(text, exitCode);
for (const line of failures) console.log(line);
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = exitCode ?? 1;
