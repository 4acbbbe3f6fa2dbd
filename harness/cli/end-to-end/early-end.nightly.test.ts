/** After an oops without progress the rest of a scenario's time is not waited for. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { kconform } from './command-line.test-support.ts';
import { temporaryCases } from './temporary-cases.test-support.ts';

const OOPS = `await guest.$\`
  echo '<1>BUG: kernel NULL pointer dereference, address: 0000000000000000' > /dev/kmsg
  echo '<1>Oops: 0000 [#1] PREEMPT SMP PTI' > /dev/kmsg
  echo '<1>RIP: 0010:f+0x1/0x2' > /dev/kmsg
  sleep 300\`; return { done: true };`;

const CASES = {
  oops: { scenario: OOPS, outcome: '{ done: true }' },
  declared: {
    scenario: OOPS,
    outcome:
      "{ done: true }, knownBugs: [{ title: 'a bug', fix: null, fixedIn: [], instead: {}, splats: [{ kind: 'BUG', frame: 'f' }] }]",
  },
};

test('an oops without progress ends the scenario: FAIL with the splat first, XFAIL where it is declared', async () => {
  const cases = await temporaryCases(CASES);
  try {
    for (const [name, { outcome }] of Object.entries(CASES)) {
      const text = `import { expectation } from 'kconform';\nexport default expectation({ about: 'a test', commit: 'none', outcome: ${outcome} });\n`;
      await writeFile(join(cases, name, 'expect.ts'), text);
    }
    await kconform(['run', '--cases', cases, '--kernel', '6.12', '--out', join(cases, 'out')]);
    const { results } = JSON.parse(await readFile(join(cases, 'out/results.json'), 'utf8'));
    const of = (name: string) => results.find((result: { readonly case: string }) => result.case === name);
    expect(of('oops')).toMatchObject({
      verdict: 'FAIL',
      blame: 'kernel',
      reason: expect.stringMatching(/^splat: BUG: kernel NULL pointer dereference.*made no progress for \d+ s/),
    });
    expect(of('oops').durationMs).toBeLessThan(40_000); // of the 60 s that it may take under emulation
    expect(of('declared')).toMatchObject({ verdict: 'XFAIL', reason: 'a bug' });
  } finally {
    await rm(cases, { recursive: true, force: true });
  }
});
