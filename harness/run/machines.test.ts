/** Cases that ask for a machine, on a published kernel. */
import { expect, test } from 'vitest';
import { BOOT } from '../expect/judge/boot.ts';
import { type CaseText, judgeTexts, verdictsOf } from './machines.test-support.ts';

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

const CASES: Readonly<Record<string, CaseText>> = {
  'plain/cpus': {
    scenario: [
      'scenario.sh',
      'nproc | observe online\ncut -d" " -f1 /proc/modules | observe modules\ngrep -c ^CONFIG_64BIT=y$ "/boot/config-$(uname -r)" | observe config\n',
    ],
    expect: "outcome: { online: '1', modules: '', config: '1', output: '', exitCode: 0, signal: null }",
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
  'own/disk': {
    scenario: [
      'scenario.sh',
      "mount -t ext4 /dev/vda /mnt\ndf -m /mnt | awk 'NR == 2 { print ($2 > 20) }' | observe large\nls /mnt | observe names\n" +
        'cat /sys/class/net/eth0/address | observe address\n',
    ],
    expect: `machine: { disks: ['32M ext4'], net: ['user'] },
      outcome: { large: '1', names: 'lost+found', address: '52:54:00:00:00:00', output: '', exitCode: 0, signal: null }`,
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

test('each case runs on the machine that it asks for, and the others on the default one', async () => {
  const results = await judgeTexts(CASES);
  expect(verdictsOf(results)).toEqual({
    [BOOT]: 'PASS',
    'plain/cpus': 'PASS',
    'own/race': 'PASS',
    'own/module': 'PASS',
    'own/parameters': 'PASS',
    'own/disk': 'PASS',
    'other/missing-module': expect.stringMatching(
      /^SKIP needs the module amdgpu, and 6\.12\S+ has no CONFIG_DRM_AMDGPU$/,
    ),
    'other/unknown-module': 'ERROR no kernel has a module overlya',
    'other/comment': expect.stringMatching(/^ERROR \S+: "kconform: cpu 2": unknown word "cpu"$/),
  });
  expect(results.get('plain/cpus')?.machine).toBeUndefined();
  expect(results.get('own/race')?.machine).toEqual({ cpus: 2 });
  expect(results.get('own/module')?.machine).toEqual({ modules: ['loop max_loop=3'] });
});

test('an option goes before what a case asks for', async () => {
  const results = await judgeTexts(CASES, { options: { cpus: 2 } });
  expect(results.get('plain/cpus')).toMatchObject({ verdict: 'FAIL', machine: { cpus: 2 } });
  expect(results.get('own/race')).toMatchObject({ verdict: 'PASS', machine: { cpus: 2 } });
});
