import { KconformError } from '../../errors/error.ts';
import type { GuestMachine } from '../../guest/guest-machine.ts';
import type { Limits } from '../../guest/limits/limits.ts';
import { awaitGuest } from '../../guest/limits/waiting.ts';
import { CLONE } from '../../scenario/api/constants.ts';
import { createGuest, type Guest } from '../../scenario/api/guest.ts';
import * as bpf from '../../scenario/bpf/bpf.ts';
import * as instruction from '../../scenario/bpf/instructions.ts';

/** Far enough that the day, the hour, the minute and the second are all others. */
const CLOCK_AHEAD_S = 40 * 86_400 + 5 * 3_600 + 7 * 60 + 11;

/** How often each number is drawn before the scenario comes; the kernel gives most out one by one. */
const DRAWS = 37;

/**
 * Clones of one template are alike even in what no case may expect: pids, mount and inode numbers, ids, device numbers of
 * mounts, clocks. In a guest where this was done before the scenario they are others, so that two runs tell such values from
 * those that the kernel owes. What it draws stays drawn for as long as the guest lives.
 */
export async function changeIncidentalValues(
  machine: GuestMachine,
  limits: Limits,
  signal: AbortSignal,
): Promise<void> {
  const wait = { awaited: 'other numbers in the guest', limitMs: limits.scenarioMs, signal };
  await awaitGuest(machine.qemu, draw(machine), wait);
}

async function draw(machine: GuestMachine): Promise<void> {
  const guest = await createGuest(machine.agent);
  // Each round draws pids and, for its pipe, inode numbers; the sleep is for the clocks since boot.
  await guest.$`date -s @$(($(date +%s) + ${CLOCK_AHEAD_S})) >/dev/null
    i=0; while [ $i -lt ${DRAWS} ]; do : | : ; i=$((i + 1)); done; sleep 2.3`;
  await drawMounts(guest);
  await drawNamespaces(guest);
  await drawBpfIds(guest);
}

/** Numbers of mounts and of the devices behind them, which the kernel gives out again as soon as they are free. */
async function drawMounts(guest: Guest): Promise<void> {
  const holder = await guest.spawn({ mountns: true });
  for (let count = 0; count < DRAWS; count++) {
    const { errno } = await holder.mount('none', '/mnt', 'tmpfs');
    if (errno !== null) throw notChanged(`mount gave ${errno}`);
  }
}

/** The inode numbers of namespaces. A kernel without one of the kinds has no such numbers to tell apart. */
async function drawNamespaces(guest: Guest): Promise<void> {
  for (let count = 0; count < 3; count++) {
    const holder = await guest.spawn();
    for (const flag of [CLONE.NEWUSER, CLONE.NEWNS, CLONE.NEWUTS, CLONE.NEWIPC, CLONE.NEWNET, CLONE.NEWCGROUP]) {
      const { errno } = await holder.unshare(flag);
      if (errno !== null && errno !== 'EINVAL') throw notChanged(`unshare gave ${errno}`);
    }
  }
}

/** Ids of maps, programs and BTF objects. */
async function drawBpfIds(guest: Guest): Promise<void> {
  const btf = new bpf.Btf();
  btf.int('int', 4);
  const calls = [
    bpf.call(bpf.CMD.MAP_CREATE, bpf.mapCreate({ type: bpf.MAP_TYPE.ARRAY })),
    bpf.call(
      bpf.CMD.PROG_LOAD,
      bpf.progLoad({
        type: bpf.PROG_TYPE.SOCKET_FILTER,
        instructions: instruction.sequence(instruction.move(0, 0), instruction.exit()),
      }),
    ),
    bpf.call(bpf.CMD.BTF_LOAD, bpf.btfLoad(btf.blob())),
  ];
  const holder = await guest.spawn();
  for (const { errno } of (await holder.repeat(DRAWS, calls, { allResults: true })).results.flat()) {
    if (errno !== null && errno !== 'ENOSYS') throw notChanged(`bpf gave ${errno}`);
  }
}

function notChanged(why: string): KconformError {
  return new KconformError(`cannot shift the numbers of a guest: ${why}`, {
    code: 'KC_INCIDENTAL_VALUES',
    blame: 'harness',
  });
}
