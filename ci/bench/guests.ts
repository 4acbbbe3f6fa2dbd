import { openSession } from '../../harness/guest/ssh/login.ts';
import { resumePrelogin } from '../../harness/guest/ssh/prelogin/prelogin.ts';
import type { Template } from '../../harness/guest/template/template.ts';
import type { GuestSource } from '../../harness/run/environment.ts';
import { createGuest } from '../../harness/scenario/api/guest.ts';
import { privateMiB, processorMs, type Samples } from './samples.ts';

const CALLS = 20;
const LATER_COMMANDS = 5;

/** QEMU spawned and a frozen state restored, nothing else. */
export async function measureFloor(template: Template, samples: Samples): Promise<void> {
  const from = performance.now();
  await using qemu = await template.startClone();
  while (!JSON.stringify(await qemu.qmp.execute('query-status')).includes('"running":true'));
  samples.add('floorMs', performance.now() - from);
}

/**
 * A clone step by step, from the spawning of QEMU, with nothing prepared ahead of time: it has answered init's first line, has
 * let us log in, has run `true` in its shell. Then what a system call through the agent takes there and back.
 */
export async function measureClone(template: Template, samples: Samples): Promise<void> {
  const from = performance.now();
  await using qemu = await template.startClone();
  if (qemu.ssh === undefined) throw new TypeError('a clone has an SSH port');
  const { hostKey, prelogin } = template;
  const adopting = qemu.control.adopt();
  const resuming = prelogin === undefined ? undefined : resumePrelogin(qemu.ssh, hostKey, prelogin);
  resuming?.catch(() => undefined); // awaited below, unless the guest fails first
  await adopting;
  samples.add('cloneRunningMs', performance.now() - from);
  using session = await (resuming ?? openSession(qemu.ssh, hostKey));
  const { agent } = session;
  samples.add('cloneSshMs', performance.now() - from);
  const { exitCode } = await agent.exec('true');
  samples.add('cloneFirstCommandMs', performance.now() - from);
  if (exitCode !== 0) throw new TypeError(`true ended with ${exitCode}`);
  samples.add('cloneFirstCommandCpuMs', processorMs(qemu.pid));
  const jit = String(await qemu.qmp.execute('human-monitor-command', { 'command-line': 'info jit' }));
  const blocks = /^TB count +(\d+)/m.exec(jit)?.[1];
  if (blocks !== undefined) samples.add('cloneTranslatedBlocks', Number(blocks));
  samples.add('clonePrivateMiB', privateMiB(qemu.pid));
  for (const name of ['secondCommandMs', ...Array<string>(LATER_COMMANDS).fill('laterCommandMs')]) {
    const before = performance.now();
    await agent.exec('true');
    samples.add(name, performance.now() - before);
  }
  const { root } = await createGuest(agent);
  for (let call = 0; call < CALLS; call++) {
    const before = performance.now();
    const { value } = await root.syscall('getppid');
    samples.add('systemCallMs', performance.now() - before);
    if (value === null || value <= 0n) throw new TypeError('getppid gave no process');
  }
}

/** To the result of the first command in a clone with two CPUs. */
export async function measureTwoCpus(template: Template, samples: Samples): Promise<void> {
  const from = performance.now();
  await using qemu = await template.startClone();
  const { hostKey, prelogin } = template;
  if (qemu.ssh === undefined || prelogin === undefined)
    throw new TypeError('a clone has an SSH port and a recorded login');
  const resuming = resumePrelogin(qemu.ssh, hostKey, prelogin);
  resuming.catch(() => undefined); // awaited below, unless the guest fails first
  await qemu.control.adopt();
  using session = await resuming;
  const { stdout } = await session.agent.exec('nproc');
  if (stdout.toString().trim() !== '2') throw new TypeError(`the clone has ${stdout} CPUs`);
  samples.add('cloneTwoCpusFirstCommandMs', performance.now() - from);
  samples.add('cloneTwoCpusFirstCommandCpuMs', processorMs(qemu.pid));
}

/** To the result of the first command in a clone that logs in by itself. */
export async function measureOwnLogin(template: Template, samples: Samples): Promise<void> {
  const from = performance.now();
  await using qemu = await template.startClone();
  if (qemu.ssh === undefined) throw new TypeError('a clone has an SSH port');
  await qemu.control.adopt();
  using session = await openSession(qemu.ssh, template.hostKey);
  await session.agent.exec('true');
  samples.add('cloneOwnLoginFirstCommandMs', performance.now() - from);
}

/** A boot of its own, to the result of the same first command. */
export async function measureCold(cold: GuestSource, samples: Samples, signal: AbortSignal): Promise<void> {
  const from = performance.now();
  await using machine = await cold.start(signal);
  await machine.agent.exec('true');
  samples.add('coldFirstCommandMs', performance.now() - from);
  samples.add('coldFirstCommandCpuMs', processorMs(machine.qemu.pid));
}
