import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newestKernelHeaders } from '../../kernels/debian/kernel-headers.ts';
import * as futex from './futex.ts';
import { CQE, GETEVENTS_ARG, PARAMS } from './io-ring.ts';
import * as ioUring from './io-uring.ts';
import * as keys from './keys.ts';
import * as landlock from './landlock.ts';
import * as memory from './memory.ts';
import * as mountInfo from './mounts.ts';
import * as netlink from './netlink.ts';
import * as notify from './notify.ts';
import * as perf from './perf.ts';
import * as pidfd from './pidfd.ts';
import * as seccomp from './seccomp.ts';
import * as sockets from './sockets.ts';
import { type Fields, Struct } from './struct.ts';
import * as time from './time.ts';
import * as userfault from './userfault.ts';

const GROUPS = [
  futex,
  ioUring,
  { CQE, GETEVENTS_ARG, PARAMS },
  keys,
  landlock,
  memory,
  mountInfo,
  netlink,
  notify,
  perf,
  pidfd,
  seccomp,
  sockets,
  time,
  userfault,
];
const STRUCTURES = GROUPS.flatMap((group) => Object.values(group)).filter((one) => one instanceof Struct);

/** The kernel's headers alone, as some of the C library's define the same names. */
const HEADERS = [
  ...new Set(STRUCTURES.map(({ header }) => header)),
  'linux/fcntl.h',
  'linux/keyctl.h',
  'linux/memfd.h',
  'linux/mman.h',
  'linux/nsfs.h',
  'linux/pidfd.h',
  'linux/time.h',
];

const CONSTANTS: readonly (readonly [prefix: string, values: Readonly<Record<string, number | bigint>>])[] = [
  ['FUTEX2_', futex.FUTEX2],
  ['IORING_OP_', ioUring.OP],
  ['IOSQE_', ioUring.IOSQE],
  ['IORING_TIMEOUT_', ioUring.TIMEOUT],
  ['IORING_ASYNC_CANCEL_', ioUring.CANCEL],
  ['IORING_POLL_', ioUring.POLL],
  ['IORING_REGISTER_', ioUring.REGISTER],
  ['IORING_SETUP_', ioUring.SETUP],
  ['KEYCTL_', keys.KEYCTL],
  ['KEY_SPEC_', keys.KEY_SPEC],
  ['LANDLOCK_ACCESS_', landlock.ACCESS],
  ['LANDLOCK_SCOPE_', landlock.SCOPE],
  ['LANDLOCK_RULE_', landlock.RULE],
  ['MREMAP_', memory.MREMAP],
  ['MAP_', memory.MAP_TYPE],
  ['MFD_', memory.MFD],
  ['F_SEAL_', memory.SEAL],
  ['F_', memory.F],
  ['PAGE_IS_', memory.PAGE_IS],
  ['PM_SCAN_', memory.PM_SCAN],
  ['', { PAGEMAP_SCAN: memory.PAGEMAP_SCAN, TIMER_ABSTIME: time.TIMER_ABSTIME, UFFD_API: userfault.VERSION }],
  ['STATMOUNT_', mountInfo.MASK],
  ['', { LSMT_ROOT: BigInt.asIntN(64, mountInfo.LSMT_ROOT) }],
  ['NLM_F_', netlink.NLM_F],
  ['NLMSG_', netlink.NLMSG],
  ['IN_', notify.IN],
  ['FAN_', notify.FAN],
  ['PERF_TYPE_', perf.TYPE],
  ['PERF_COUNT_SW_', perf.SOFTWARE],
  ['PERF_SAMPLE_', perf.SAMPLE],
  ['PERF_EVENT_IOC_', perf.IOC],
  ['PIDFD_', { ...pidfd.FLAGS, ...pidfd.GET }],
  ['NS_', pidfd.NS],
  ['SECCOMP_', seccomp.OPERATION],
  ['SECCOMP_FILTER_FLAG_', seccomp.FILTER_FLAG],
  ['SECCOMP_RET_', seccomp.RET],
  ['SECCOMP_IOCTL_NOTIF_', seccomp.IOCTL],
  ['CLOCK_', time.CLOCK],
  ['SIGEV_', time.SIGEV],
  ['UFFDIO_', userfault.UFFDIO],
  ['UFFDIO_REGISTER_MODE_', userfault.MODE],
];

/** They grow at their end: what is declared here is their size in an earlier version. */
const GROWN: Readonly<Record<string, string>> = {
  'struct perf_event_attr': 'PERF_ATTR_SIZE_VER5',
  'struct landlock_ruleset_attr': 'offsetof(struct landlock_ruleset_attr, scoped) + 8',
};

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kconform-headers-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** What C makes of the expressions, with the newest published headers. */
async function evaluate(headers: readonly string[], expressions: readonly string[]): Promise<bigint[]> {
  const newest = await newestKernelHeaders();
  if (newest instanceof Error) throw newest;
  const lines = expressions.map((expression) => `printf("%lld\\n", (long long)(${expression}));`);
  const includes = ['stdio.h', 'stddef.h', ...headers].map((name) => `#include <${name}>`);
  const source = join(folder, 'print.c');
  await writeFile(source, [...includes, 'int main(void) {', ...lines, '}'].join('\n'));
  const folders = newest.folders.flatMap((name) => ['-isystem', name]);
  await execa('cc', [...folders, '-o', join(folder, 'print'), source]);
  const { stdout } = await execa(join(folder, 'print'));
  return stdout.split('\n').map(BigInt);
}

test('sizes of structures, and offsets of their fields', async () => {
  const fields = STRUCTURES.flatMap(({ name, fields }: Struct<Fields>) =>
    Object.entries(fields)
      .filter(([field]) => !(name === 'struct perf_event_attr' && field === 'flags'))
      .map(([field, [, offset]]) => [`offsetof(${name}, ${field})`, BigInt(offset)] as const),
  );
  const sizes = STRUCTURES.map(({ name, size }) => [GROWN[name] ?? `sizeof(${name})`, BigInt(size)] as const);
  const declared = [...sizes, ...fields];
  const actual = await evaluate(
    HEADERS,
    declared.map(([expression]) => expression),
  );
  expect(declared.length).toBeGreaterThan(120);
  expect(Object.fromEntries(declared.map(([expression], index) => [expression, actual[index]]))).toEqual(
    Object.fromEntries(declared),
  );
});

test('constants', async () => {
  const declared = CONSTANTS.flatMap(([prefix, values]) =>
    Object.entries(values).map(([name, value]) => [prefix + name, BigInt(value)] as const),
  );
  const names = declared.map(([name]) => name);
  const actual = await evaluate(HEADERS, names);
  expect(Object.fromEntries(names.map((name, index) => [name, actual[index]]))).toEqual(Object.fromEntries(declared));
});

test('families and types of sockets', async () => {
  const declared = [
    ...Object.entries(sockets.AF).map(([name, value]) => [`AF_${name}`, BigInt(value)] as const),
    ...Object.entries(sockets.SOCK).map(([name, value]) => [`SOCK_${name}`, BigInt(value)] as const),
  ];
  const actual = await evaluate(
    ['sys/socket.h'],
    declared.map(([name]) => name),
  );
  expect(actual).toEqual(declared.map(([, value]) => value));
});

test('bits of perf_event_attr', async () => {
  const names = Object.keys(perf.ATTR);
  const bits = names.map(
    (name) =>
      `((union { struct perf_event_attr a; long long words[16]; }){ .a = { .${name.toLowerCase()} = 1 } }).words[5]`,
  );
  expect(await evaluate(HEADERS, bits)).toEqual(Object.values(perf.ATTR));
});
