/** Outcomes that must not be used again, in guests of the published kernel. */
import { readFile, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { beforeAll, expect, test, vi } from 'vitest';
import { cachePath } from '../../cache/folder.ts';
import { planKernels } from '../../kernels/resolve.ts';
import { outcomes } from './outcome-store.ts';
import { expects, keptWith, reuseBench } from './reuse.test-support.ts';

const bench = reuseBench();
/** Each test has several runs, and some of them boot. */
vi.setConfig({ testTimeout: 300_000 });

beforeAll(async () => {
  await bench.write('one/scenario.sh', 'echo one\n');
  await bench.write('one/expect.ts', expects("{ exitCode: 0, signal: null, output: 'one' }"));
  await bench.write('two/scenario.sh', 'cat /opt/word\n# kconform: file ../word:/opt/word\n');
  await bench.write('word', 'two\n');
  await bench.write('two/expect.ts', expects("{ exitCode: 0, signal: null, output: 'two' }"));
  await bench.write(
    'race/scenario.ts',
    `import { race, scenario, syscall } from 'kconform';
export default scenario(async ({ guest }) => {
  const [all] = await race({ process: guest.root, calls: [syscall('getpid')] });
  return { runs: all?.iterations ?? 0 };
});
`,
  );
  await bench.write('race/expect.ts', expects('{ runs: 1 }'));
  await bench.write('wrong/scenario.sh', 'echo right\n');
  await bench.write('wrong/expect.ts', expects("{ exitCode: 0, signal: null, output: 'wrong' }"));
});

/** Puts another output in place of what was seen, as a run that saw it would have kept it. */
async function keepOther(seen: string, other: string): Promise<void> {
  const path = await keptWith(bench, `"output":"${seen}"`);
  const place = { guest: basename(dirname(path)), key: basename(path, '.json') };
  const kept = await outcomes.read(place);
  const outcome = kept?.seen.outcome;
  if (kept === undefined || outcome === undefined) throw new Error('nothing is kept');
  const observations = { ...outcome.observations, output: other };
  await outcomes.write(place, { ...kept, seen: { ...kept.seen, outcome: { ...outcome, observations } } });
}

test('an edited header makes the case in C run, and no other', async () => {
  await bench.write('c/word.h', '#define WORD "c"\n');
  await bench.write('c/scenario.c', '#include <stdio.h>\n#include "word.h"\nint main(void) { puts(WORD); }\n');
  await bench.write('c/expect.ts', expects("{ exitCode: 0, signal: null, output: 'c' }"));
  expect((await bench.judge(['c', 'one'])).ran).toEqual(['c', 'one']);
  expect((await bench.judge(['c', 'one'])).ran).toEqual([]);
  await bench.write('c/word.h', '#define WORD "c" // edited\n');
  expect((await bench.judge(['c', 'one'])).ran).toEqual(['c']);
  expect((await bench.judge(['c'], { reuse: { read: false, recheck: 0 } })).ran).toEqual(['c']);
});

test('a race and a boot of its own run each time', async () => {
  // Both may run for a second; one of them ends before.
  for (const [name, text] of [
    ['stopped', 'while :; do sleep 1; done'],
    ['ends', 'echo ends'],
  ] as const) {
    await bench.write(`${name}/scenario.sh`, `# kconform: ends after 1 s\n${text}\n`);
    const output = name === 'ends' ? name : '';
    const end = name === 'ends' ? 'exitCode: 0, signal: null' : 'exitCode: null, signal: null, stoppedAfterMs: 1000';
    await bench.write(`${name}/expect.ts`, expects(`{ ${end}, output: '${output}' }`));
  }
  const first = await bench.judge(['one', 'race', 'stopped', 'ends']);
  expect([...first.results.values()].map(({ verdict }) => verdict)).toEqual(Array(5).fill('PASS'));
  expect((await bench.judge(['one', 'race', 'stopped', 'ends'])).ran).toEqual(['race', 'stopped']);
  expect((await bench.judge(['one'], { isolation: 'cold' })).ran).toEqual(['one']);
});

test('a scan for leaks, and a machine with other files, are another run', async () => {
  await bench.judge(['one', 'two']);
  expect((await bench.judge(['one', 'two'])).hadGuests).toBe(false);
  expect((await bench.judge(['one'], { leaks: true })).ran).toEqual(['one']);
  await bench.write('word', 'two\n\n');
  const { ran, results } = await bench.judge(['one', 'two']);
  expect(ran).toEqual(['two']);
  expect(results.get('two')?.verdict).toBe('FAIL');
});

test('another kernel under the same name is another one', async () => {
  const [known] = await planKernels(['6.12']);
  const { vmlinux, ...kernel } = await (known ?? expect.fail('6.12 is published')).obtain();
  // The same image but for its last bytes, which no section of it needs.
  const path = join(dirname(cachePath()), 'vmlinux');
  await writeFile(path, Buffer.concat([await readFile(vmlinux), Buffer.from('another')]));
  const sha256 = 'f'.repeat(64);
  const planned = { ...kernel, vmlinux: path, sha256 };
  const { results } = await bench.judge(['one'], { kernels: [{ ...planned, obtain: async () => planned }] });
  expect(results.get('one')?.reused).toBeUndefined(); // it is an ERROR, as the hash is a lie
});

test('a FAIL is used again after two runs agreed, but not where it is to be repeated', async () => {
  await bench.judge(['wrong']);
  expect((await bench.judge(['wrong'])).ran).toEqual(['wrong']);
  expect((await bench.judge(['wrong'])).results.get('wrong')).toMatchObject({ verdict: 'FAIL', reused: {} });
  const { results } = await bench.judge(['wrong'], { retry: true });
  expect(results.get('wrong')).toMatchObject({ verdict: 'FAIL', retries: [{ verdict: 'FAIL' }, { verdict: 'FAIL' }] });
});

test('two runs at once leave outcomes that are whole', async () => {
  await bench.write('one/scenario.sh', 'echo one # again\n');
  const both = await Promise.all([bench.judge(['one']), bench.judge(['one'])]);
  expect(both.map(({ results }) => results.get('one')?.verdict)).toEqual(['PASS', 'PASS']);
  expect((await bench.judge(['one'])).ran).toEqual([]);
});

test('a clock that was set back changes nothing', async () => {
  const path = await keptWith(bench, '"output":"one"');
  await utimes(path, new Date(4e12), new Date(4e12));
  expect((await bench.judge(['one'])).ran).toEqual([]);
});

test('a kept FAIL that a second run does not see is no verdict, and the case is unstable', async () => {
  await bench.write('once/scenario.sh', 'echo once\n');
  await bench.write('once/expect.ts', expects("{ exitCode: 0, signal: null, output: 'once' }"));
  await bench.judge(['once']);
  await keepOther('once', 'another');
  const { ran, results } = await bench.judge(['once']);
  expect(ran).toEqual(['once']);
  expect(results.get('once')).toMatchObject({
    verdict: 'PASS',
    earlier: { verdict: 'FAIL', reason: "output: expected 'once', observed 'another'" },
  });
});

test('where a rechecked run and a kept outcome do not agree, the case is unstable and runs each time from then on', async () => {
  await bench.write('other/scenario.sh', 'echo other\n');
  await bench.write('other/expect.ts', expects("{ exitCode: 0, signal: null, output: 'another' }"));
  await bench.judge(['other']);
  await keepOther('other', 'another');
  expect((await bench.judge(['other'])).results.get('other')).toMatchObject({ verdict: 'PASS', reused: {} });
  const { results } = await bench.judge(['other'], { reuse: { read: true, recheck: 0.02 } });
  expect(results.get('other')).toMatchObject({
    verdict: 'FAIL',
    reason: "output: expected 'another', observed 'other'",
    earlier: { verdict: 'PASS' },
  });
  const after = await bench.judge(['other']);
  expect(after.ran).toEqual(['other']);
  const notices = after.events.flatMap((event) => (event.type === 'notice' ? [event.text] : []));
  expect(notices).toContain('the outcome of other is not used again, because it was unstable');
});
