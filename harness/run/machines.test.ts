/** Cases that ask for a machine, on a published kernel. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BOOT } from '../expect/judge/boot.ts';
import { planKernels } from '../kernels/resolve.ts';
import type { Machine } from '../machine/machine.ts';
import { findCases } from './discovery/cases.ts';
import type { CaseResult } from './events.ts';
import { run } from './run.ts';

/** Both threads count on until each has seen the other's counter move: on one CPU neither does without being preempted. */
const TWO_CPUS = `// kconform: cpus 2
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <unistd.h>
#include "kconform.h"
static volatile unsigned long counters[2];
static int cpus[2];
static unsigned long pairs;
static void *work(void *argument)
{
  long own = (long)argument;
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(own, &set);
  if (sched_setaffinity(0, sizeof(set), &set) != 0) return NULL;
  cpus[own] = sched_getcpu() + 1;
  for (unsigned long turn = 1; turn <= 1000; turn++) {
    counters[own] = turn;
    while (counters[!own] < turn) ;
  }
  __sync_fetch_and_add(&pairs, 1);
  return NULL;
}
int main(void)
{
  pthread_t other;
  pthread_create(&other, NULL, work, (void *)1);
  work((void *)0);
  pthread_join(other, NULL);
  observe("online", sysconf(_SC_NPROCESSORS_ONLN));
  observe("finished", pairs);
  observe("first", cpus[0]);
  observe("second", cpus[1]);
  return 0;
}
`;

const CASES: Readonly<Record<string, { readonly scenario: [name: string, text: string]; readonly expect: string }>> = {
  'plain/cpus': {
    scenario: ['scenario.sh', 'nproc | observe online\ncut -d" " -f1 /proc/modules | observe modules\n'],
    expect: "outcome: { online: '1', modules: '', output: '', exitCode: 0, signal: null }",
  },
  'own/race': {
    scenario: ['scenario.c', TWO_CPUS],
    expect: "outcome: { online: 2, finished: 2, first: 1, second: 2, output: '', exitCode: 0, signal: null }",
  },
  'own/module': {
    scenario: [
      'scenario.sh',
      '# kconform: module loop max_loop=3\ncat /sys/module/loop/parameters/max_loop | observe loops\nls /dev/loop2 | observe device\n',
    ],
    expect: "outcome: { loops: '3', device: '/dev/loop2', output: '', exitCode: 0, signal: null }",
  },
  'own/parameters': {
    scenario: [
      'scenario.sh',
      'cat /proc/sys/kernel/panic_on_warn | observe panicOnWarn\ngrep -o "mitigations=[a-z,]*" /proc/cmdline | observe mitigations\n' +
        'awk \'/MemTotal/ && $2 > 300000 { print "yes" }\' /proc/meminfo | observe large\n',
    ],
    expect: `machine: { memory: '384M', kernelParameters: ['panic_on_warn=1', 'mitigations=auto'] },
      outcome: { panicOnWarn: '1', mitigations: 'mitigations=auto', large: 'yes', output: '', exitCode: 0, signal: null }`,
  },
  'other/missing-module': {
    scenario: ['scenario.sh', 'true\n'],
    expect: "machine: { modules: ['amdgpu'] }, outcome: { output: '', exitCode: 0, signal: null }",
  },
  'other/unknown-module': {
    scenario: ['scenario.sh', 'true\n'],
    expect: "machine: { modules: ['overlya'] }, outcome: { output: '', exitCode: 0, signal: null }",
  },
  'other/comment': {
    scenario: ['scenario.sh', '# kconform: cpu 2\ntrue\n'],
    expect: "outcome: { output: '', exitCode: 0, signal: null }",
  },
};

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kc-machines-'));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  for (const [name, { scenario, expect: text }] of Object.entries(CASES)) {
    await mkdir(join(folder, name), { recursive: true });
    await writeFile(join(folder, name, scenario[0]), scenario[1]);
    const imported = "import { expectation } from 'kconform';";
    await writeFile(
      join(folder, name, 'expect.ts'),
      `${imported}\nexport default expectation({ about: 'a', commit: 'b', ${text} });\n`,
    );
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function judge(options?: Machine): Promise<ReadonlyMap<string, CaseResult>> {
  const results = await run({
    kernels: await planKernels(['6.12']),
    cases: await findCases(folder, [], { options }),
    boot: {},
    accelerator: undefined,
    isolation: 'clone',
    jobs: undefined,
    leaks: false,
    version: 'test',
    ownOptions: [],
    reporters: [],
    signal: new AbortController().signal,
  });
  return new Map(results.map((result) => [result.case, result]));
}

test('each case runs on the machine that it asks for, and the others on the default one', async () => {
  const results = await judge();
  const verdicts = Object.fromEntries(
    [...results.values()].map((one) => [one.case, `${one.verdict} ${one.reason ?? ''}`]),
  );
  expect(verdicts).toEqual({
    [BOOT]: 'PASS ',
    'plain/cpus': 'PASS ',
    'own/race': 'PASS ',
    'own/module': 'PASS ',
    'own/parameters': 'PASS ',
    'other/missing-module': expect.stringMatching(
      /^SKIP needs the module amdgpu, and 6\.12\S+ has no CONFIG_DRM_AMDGPU$/,
    ),
    'other/unknown-module': 'ERROR no kernel has a module overlya',
    'other/comment': expect.stringMatching(/^ERROR \S+: "kconform: cpu 2": nothing of a machine is called "cpu"$/),
  });
  expect(results.get('plain/cpus')?.machine).toBeUndefined();
  expect(results.get('own/race')?.machine).toEqual({ cpus: 2 });
  expect(results.get('own/module')?.machine).toEqual({ modules: ['loop max_loop=3'] });
});

test('an option goes before what a case asks for', async () => {
  const results = await judge({ cpus: 2 });
  expect(results.get('plain/cpus')).toMatchObject({ verdict: 'FAIL', machine: { cpus: 2 } });
  expect(results.get('own/race')).toMatchObject({ verdict: 'PASS', machine: { cpus: 2 } });
});
