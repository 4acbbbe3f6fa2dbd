/** What an update changes, on two published kernels. */
import { expect, test } from 'vitest';
import { UpdateSchema } from '../../series/documents.ts';
import { kconform } from '../end-to-end/command-line.test-support.ts';

test('two kernels are compared by area, with the values, the fix and its CVE number; the second time nothing runs', async () => {
  const words = ['compare', '6.12.57', '6.12.118', 'futex/requeue-flags', 'mounts/statmount-other-namespace'];
  const result = await kconform(words, { limitMs: 280_000 });
  expect(result.stdout).toMatch(/^6\.12\.57 → 6\.12\.118: \d fixed/);
  expect(result.stdout).toContain(`
futex
  fixed    futex/requeue-flags: two futexes with differing flags are accepted
             differing: null → 'EINVAL'
             by futex: Require sys_futex_requeue() to have identical flags, 6.12.80, CVE-2026-31554
`);
  expect(result.exitCode).toBe(0);
  expect(result.leftovers).toEqual([]);
  const again = await kconform([...words, '--json']);
  expect(again.stderr).not.toMatch(/guests of/);
  const update = UpdateSchema.parse(JSON.parse(again.stdout));
  expect(update.changes.find((one) => one.case === 'futex/requeue-flags')).toMatchObject({
    kind: 'fixed',
    observations: [{ path: 'differing', before: 'null', after: "'EINVAL'" }],
    causes: [{ cve: ['CVE-2026-31554'], since: '6.12.80' }],
  });
}, 300_000);
