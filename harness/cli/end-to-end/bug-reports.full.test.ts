import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { kconform } from './command-line.test-support.ts';

const DATA = fileURLToPath(new URL('../../bug-reports/test-data/', import.meta.url));
const LIMIT_MS = 580_000;

/**
 * Reports of different forms, written after public ones (names are made up), each with the last published kernel that has the bug and the
 * first one that does not, and what repro says on each.
 */
test.each([
  ['noswap-transcript.txt', '6.12.57', '6.12.69', /reproduced: "mount -o remount/, /not reproduced: "mount -o remount/],
  ['noswap-commands.eml', '6.12.57', '6.12.69', /the scenario failed: "mount -o remount/, /nothing suspicious/],
  ['noswap-script.eml', '6.12.57', '6.12.69', /the scenario failed: exit status 1/, /nothing suspicious/],
  ['listmount.eml', '6.12.57', '6.12.69', /the scenario failed: exit code 1/, /nothing suspicious/],
  ['io-uring-leak.eml', '6.12.57', '6.12.69', /the scenario failed: exit code 1/, /nothing suspicious/],
  ['futex-quoted-printable.eml', '6.12.74', '6.12.85', /reproduced: ".\/requeue"/, /not reproduced: ".\/requeue"/],
  ['pagemap-scan-splat.eml', '6.12.43', '6.12.57', /reproduced the splat of the report/, /not reproduced/],
  ['pagemap-scan-syzbot-page.txt', '6.12.43', '6.12.57', /reproduced the splat of the report/, /not reproduced/],
  ['pagemap-scan-syzbot.c', '6.12.43', '6.12.57', /misbehaved: BUG: .*pagemap_scan_pmd_entry/, /nothing suspicious/],
  ['nsfs-attached.eml', '6.12.90', '6.12.94', /the scenario failed: exit code 1/, /nothing suspicious/],
  ['landlock-quoted.eml', '6.12.90', '6.12.94', /the scenario failed: exit code 1/, /nothing suspicious/],
  ['memfd-seal.mbox', '6.12.90', '6.12.94', /the scenario failed: exit code 1/, /nothing suspicious/],
  [
    'ipc-next-id-selftest.patch',
    '6.12.90',
    '6.12.94',
    /1 of 1 subtest failed/,
    /nothing suspicious \(subtests: 1 pass\)/,
  ],
  ['bpf-storage-walk.eml', '6.12.90', '6.12.94', /the scenario failed: exit code 1/, /nothing suspicious/],
] as const)('%s: on %s, and no more on %s', { timeout: LIMIT_MS }, async (name, bad, good, hit, miss) => {
  const result = await kconform(['repro', `${DATA}${name}`, '--kernel', bad, '--kernel', good], { limitMs: LIMIT_MS });
  const rows = result.stdout.slice(result.stdout.indexOf('\nkernel ')).split('\n');
  const of = (version: string) =>
    rows.find((row) => row.startsWith(`${version}+`)) ?? `no row for ${version}: ${result.all}`;
  expect(of(bad)).toMatch(hit);
  expect(of(bad)).not.toContain('not reproduced');
  expect(of(good)).toMatch(miss);
  expect(result.exitCode).toBe(1);
  expect(result.leftovers).toEqual([]);
});

test('on the kernel without the bug alone, the exit code is 0', { timeout: LIMIT_MS }, async () => {
  for (const name of ['noswap-transcript.txt', 'pagemap-scan-splat.eml']) {
    const { exitCode } = await kconform(['repro', `${DATA}${name}`, '--kernel', '6.12.69'], { limitMs: LIMIT_MS });
    expect(exitCode).toBe(0);
  }
});

test.each([
  ['a mail with a splat', ['pagemap-scan-splat.eml']],
  ['a program, and the splat of a mail', ['pagemap-scan-syzbot.c', '--splat', `${DATA}pagemap-scan-splat.eml`]],
])('bisect takes %s', { timeout: LIMIT_MS }, async (_, [file = '', ...more]) => {
  const words = ['bisect', `${DATA}${file}`, ...more, '--kernel', '6.12.43..6.12.57'];
  const { stdout, exitCode, leftovers } = await kconform(words, { limitMs: LIMIT_MS });
  expect(stdout).toMatch(/^bad since 6\.12\.43 or before, fixed in 6\.12\.57 \(after 6\.12\.43\); fix candidates: /);
  expect(stdout).toMatch(/^ {2}6\.12\.43 +bad +FAIL BUG: .*, in pagemap_scan_pmd_entry </m);
  expect(stdout).toContain('  6.12.50  fs/proc/task_mmu: check p->vec_buf for NULL');
  expect(exitCode).toBe(0);
  expect(leftovers).toEqual([]);
});

test('bisect of one observation of a file, named behind a colon', { timeout: LIMIT_MS }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kc-observed-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'release.sh');
  await writeFile(file, 'observe release $(uname -r | cut -d+ -f1)\nobserve random $$\n');
  const words = ['bisect', `${file}:release`, '--kernel', '6.12.43..6.12.57'];
  const { stdout, exitCode } = await kconform(words, { limitMs: LIMIT_MS });
  expect(stdout).toMatch(/^changed from '6\.12\.43' to '6\.12\.57' in 6\.12\.57 \(after 6\.12\.43\)/);
  expect(exitCode).toBe(0);
});
