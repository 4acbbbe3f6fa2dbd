import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
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
