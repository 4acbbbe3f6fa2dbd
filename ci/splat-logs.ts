/**
 * Makes the logs that harness/oracles/splats/splats-logs.test.ts reads: provokes each kind of report in a guest of its own and stores
 * the guest's console. `node --import tsx ci/splat-logs.ts 6.12+debug [NAME…]`; the kernel needs its crash tests (LKDTM) built in.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { planKernels } from '../harness/kernels/resolve.ts';
import { caseConsole } from '../harness/oracles/watch.ts';
import { prepareEnvironment } from '../harness/run/environment.ts';

const FOLDER = fileURLToPath(new URL('../harness/oracles/splats/logs', import.meta.url));
const LIMIT_MS = 300_000;
const LATE_MS = 15_000;
/** How long to read on after the first line of a report: its stacks, and reports that follow from it. */
const REST_MS = 4_000;
const MOST_LINES = 150;

/** Documentation/fault-injection/provoke-crashes.rst */
const lkdtm = (name: string) => `echo ${name} > /sys/kernel/debug/provoke-crash/DIRECT`;

/** By name of the log: the command in the guest, and the line that shows that the kernel has reported it. */
const FAULTS: Readonly<Record<string, readonly [command: string, shows: RegExp]>> = {
  bug: [lkdtm('BUG'), /kernel BUG at/],
  warning: [lkdtm('WARNING'), /WARNING: /],
  'null-dereference': [lkdtm('EXCEPTION'), /NULL pointer dereference/],
  'stack-overflow': [lkdtm('EXHAUST_STACK'), /stack guard page was hit|double fault/],
  'exec-data': [lkdtm('EXEC_DATA'), /NX-protected page|Oops/],
  'write-read-only': [lkdtm('WRITE_RO'), /unable to handle page fault/],
  'list-add': [lkdtm('CORRUPT_LIST_ADD'), /list_add corruption/],
  'list-del': [lkdtm('CORRUPT_LIST_DEL'), /list_del corruption/],
  refcount: [lkdtm('REFCOUNT_DEC_NEGATIVE'), /refcount_t: /],
  'array-bounds': [lkdtm('ARRAY_BOUNDS'), /UBSAN: /],
  'use-after-free': [lkdtm('READ_AFTER_FREE'), /KASAN: /],
  'out-of-bounds': [lkdtm('SLAB_LINEAR_OVERFLOW'), /KASAN: /],
  'soft-lockup': [lkdtm('SOFTLOCKUP'), /soft lockup/],
  'hung-task': [lkdtm('HUNG_TASK'), /blocked for more than/],
  'spin-lock-kept': [`${lkdtm('SPINLOCKUP')}; ${lkdtm('SPINLOCKUP')}`, /soft lockup/],
  'out-of-memory': ['mount -t tmpfs -o size=4G tmpfs /mnt; dd if=/dev/zero of=/mnt/file bs=1M', /Out of memory/],
  panic: [lkdtm('PANIC'), /Kernel panic/],
  crash: ['echo c > /proc/sysrq-trigger', /Kernel panic/],
};

const [spec = '6.12+debug', ...names] = process.argv.slice(2);
const { signal } = new AbortController();
const progress = (message: string) => process.stderr.write(`${message}\n`);
const [plan] = await planKernels([spec], { signal, progress, build: async () => false });
if (plan === undefined) throw new TypeError(`there is no kernel ${spec}`);
const kernel = await plan.obtain();
const environment = await prepareEnvironment(kernel, undefined, progress);
const guests = await environment.guestsOf({ kernel }, 'clone', progress, signal);
await mkdir(FOLDER, { recursive: true });
for (const [name, [command, shows]] of Object.entries(FAULTS)) {
  if (names.length > 0 && !names.includes(name)) continue;
  await using machine = await guests.start(signal);
  let givenUpAt = performance.now() + LIMIT_MS;
  let isOver = false;
  machine.agent.exec(command).then(
    () => {
      givenUpAt = performance.now() + LATE_MS; // the command has returned: the report comes soon or not at all
    },
    () => undefined, // the command has killed the guest
  );
  machine.qemu.ended.then(() => {
    isOver = true;
  });
  const seen = () => shows.test(caseConsole(machine));
  while (performance.now() < givenUpAt && !isOver && !seen()) await sleep(200);
  await Promise.race([machine.qemu.ended, sleep(REST_MS)]);
  const lines = caseConsole(machine).split(/\r?\n/);
  if (!seen()) {
    progress(`${name}: not seen on ${kernel.version}`);
    continue;
  }
  const head = `# ${command} on Linux ${kernel.version}${lines.length > MOST_LINES ? `, the first ${MOST_LINES} lines` : ''}`;
  await writeFile(join(FOLDER, `${name}.log`), `${[head, ...lines.slice(0, MOST_LINES)].join('\n').trimEnd()}\n`);
  progress(`${name}: ${Math.min(lines.length, MOST_LINES)} lines`);
}
