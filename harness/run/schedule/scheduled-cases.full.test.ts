import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cachePath } from '../../cache/folder.ts';
import { qemuVersion } from '../../guest/qemu/accelerator.ts';
import { planKernels } from '../../kernels/resolve.ts';
import type { Machine } from '../../machine/machine.ts';
import { findCases } from '../discovery/cases.ts';
import type { CaseResult } from '../events.ts';
import { run } from '../run.ts';

const UNDER_EMULATION = 600_000;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kc-scheduled-'));
  await write('package.json', '{"type":"module"}');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function write(name: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, name)), { recursive: true });
  await writeFile(join(folder, name), text);
}

function expects(fields: string): string {
  return `import { expectation } from 'kconform';\nexport default expectation({ about: 'a', ${fields} });\n`;
}

interface Seen {
  readonly results: ReadonlyMap<string, CaseResult>;
  readonly consoles: ReadonlyMap<string, string>;
  readonly notices: readonly string[];
}

async function judge(names: readonly string[], options: Machine = {}): Promise<Seen> {
  const consoles = new Map<string, string>();
  const notices: string[] = [];
  const results = await run({
    kernels: await planKernels(['6.12']),
    cases: await findCases(folder, names, { options }),
    boot: undefined,
    accelerator: undefined,
    isolation: 'clone',
    jobs: undefined,
    leaks: false,
    retry: true,
    version: 'test',
    ownOptions: [],
    reporters: [
      {
        on(event) {
          if (event.type === 'case-finished') consoles.set(event.result.case, event.console);
          if (event.type === 'notice') notices.push(event.text);
        },
      },
    ],
    signal: new AbortController().signal,
  });
  return { results: new Map(results.map((result) => [result.case, result])), consoles, notices };
}

const OUTCOME = "outcome: { cpus: '2', exitCode: 0, signal: null, output: '' }";

test('cases run under the schedule of the run, and what cannot is skipped', { timeout: UNDER_EMULATION }, async () => {
  await write('a/script/scenario.sh', 'observe cpus "$(nproc)"\n');
  await write('a/script/expect.ts', expects(OUTCOME));
  await write('a/warning/scenario.sh', 'echo "<4>WARNING: CPU: 0 PID: 1 at k/x.c:1 f+0x1/0x2" >/dev/kmsg\n');
  await write('a/warning/expect.ts', expects("outcome: { exitCode: 0, signal: null, output: '' }"));
  await write('a/file/scenario.sh', 'true\n');
  await write('a/file/expect.ts', expects("needs: { files: ['/no/such/file'] }, outcome: { exitCode: 0 }"));
  await write('a/typescript/scenario.ts', "export default { kind: 'scenario', run: async () => ({ a: 1 }) };\n");
  await write('a/typescript/expect.ts', expects('outcome: { a: 1 }'));
  await write('a/disk/scenario.sh', 'true\n');
  await write('a/disk/expect.ts', expects("machine: { disks: ['64M'] }, outcome: { exitCode: 0 }"));
  const first = await judge(['a'], { schedule: 5 });
  const verdictOf = (name: string) => `${first.results.get(name)?.verdict} ${first.results.get(name)?.reason ?? ''}`;
  expect(verdictOf('a/script')).toBe('PASS ');
  expect(verdictOf('a/warning')).toMatch(/^FAIL .*WARNING/);
  expect(verdictOf('a/file')).toBe('SKIP needs the file /no/such/file');
  expect(verdictOf('a/typescript')).toMatch(/^SKIP only scenarios in shell .* can run under a schedule/);
  expect(verdictOf('a/disk')).toMatch(/^SKIP a machine with a schedule cannot have disks/);
  const script = first.results.get('a/script');
  expect(script?.machine).toEqual({ schedule: 5 });
  expect(script?.oracles.unavailable).not.toHaveProperty('splats');
  expect(script?.oracles.unproven).toEqual({
    counters: 'no warning is planted in a guest with a schedule',
    panic: 'no crash is planted in a guest with a schedule',
    kmemleak: expect.any(String),
  });
  const again = await judge(['a/script'], { schedule: 5 });
  expect(again.consoles.get('a/script')).toBe(first.consoles.get('a/script'));
  expect(first.consoles.get('a/script')).not.toBe('');
});

test('a schedule that a case cannot have is an error of the case', async () => {
  await write('b/typescript/scenario.ts', "export default { kind: 'scenario', run: async () => ({ a: 1 }) };\n");
  await write('b/typescript/expect.ts', expects('machine: { schedule: 1 }, outcome: { a: 1 }'));
  const { results } = await judge(['b']);
  expect(results.get('b/typescript')).toMatchObject({ verdict: 'ERROR', blame: 'case' });
});

test('a race is run with the schedule that shows it, and over SSH where that does not show it', {
  timeout: UNDER_EMULATION,
}, async () => {
  const kernel = (await planKernels(['6.12']))[0]?.version;
  const qemu = (await qemuVersion(cachePath('qemu.json'))).split(' ')[0];
  const seedOfGuest = `observe seed "$(sed -n 's/.*kconform.schedule=\\([0-9]*\\).*/\\1/p' /proc/cmdline)"\n`;
  const declaring = (seed: number) =>
    expects(`
      outcome: { seed: '', exitCode: 0, signal: null, output: '' },
      knownBugs: [{ title: 't', fix: null, fixedIn: [], instead: { seed: '3' },
        schedule: ${JSON.stringify({ seed, kernel, qemu })} }],
      race: { hits: 49, runs: 50, kernel: '6.12.118' }`);
  for (const seed of [3, 4]) {
    await write(`c/seed-${seed}/scenario.sh`, seedOfGuest);
    await write(`c/seed-${seed}/expect.ts`, declaring(seed));
  }
  const { results, notices } = await judge(['c/seed-3', 'c/seed-4']);
  expect(results.get('c/seed-3')).toMatchObject({ verdict: 'XFAIL', race: { attempts: 1, schedule: 3 } });
  // With schedule 4 the seed is 4, which is not declared: that is a finding of its own.
  expect(results.get('c/seed-4')).toMatchObject({ verdict: 'FAIL', race: { attempts: 1, schedule: 4 } });
  await write('c/seed-4/scenario.sh', 'observe seed ""\n');
  const hidden = await judge(['c/seed-4']);
  expect(hidden.results.get('c/seed-4')).toMatchObject({ verdict: 'SKIP', race: { attempts: 2 } });
  expect(hidden.notices).toEqual([`c/seed-4: schedule 4 of expect.ts does not show it on ${kernel} any more`]);
  expect(notices).toEqual([]);
});
