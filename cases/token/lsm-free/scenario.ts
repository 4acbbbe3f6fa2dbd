import { setTimeout as sleep } from 'node:timers/promises';
import {
  bpf,
  type Fd,
  GuestBuffer,
  type GuestProcess,
  instruction,
  keepCapabilities,
  RLIMIT,
  SIG,
  SUBORDINATE_IDS,
  scenario,
  syscall,
} from 'kconform';
import { Hook } from '../lsm.ts';
import { NO_CAPABILITIES } from '../namespaces.ts';
import { STACK, useToken, XDP } from '../objects.ts';

const { alu, call, copy, exit, FRAME, move, sequence, storeImmediate } = instruction;

const TRACE = '/sys/kernel/tracing/trace';
const TRACE_PRINTK = 6;
/** Four letters: one store. */
const MESSAGE = 'free';

/** Writes the message into the trace buffer: bpf_token_free has no answer. */
const tell = sequence(
  storeImmediate('double', FRAME, -8, Buffer.from(MESSAGE).readInt32LE()),
  copy(1, FRAME),
  alu('add', 1, -8),
  move(2, MESSAGE.length + 1),
  call(TRACE_PRINTK),
  move(0, 0),
  exit(),
);

const LIMIT_MS = 5_000;
/** struct rlimit64: both limits are 0. */
const NO_DESCRIPTORS = Buffer.alloc(16);
const NAME_OF_MAP = 28;

/** Every way that a command which takes a token can end. */
async function useInEveryWay(process: GuestProcess, token: Fd): Promise<void> {
  const badName = bpf.mapCreate({ ...STACK, token });
  badName.bytes.write('!', NAME_OF_MAP);
  await useToken(process, token);
  await process.errnos({
    mapNotDelegated: bpf.call(bpf.CMD.MAP_CREATE, bpf.mapCreate({ type: bpf.MAP_TYPE.ARRAY, token })),
    mapTooLarge: bpf.call(bpf.CMD.MAP_CREATE, bpf.mapCreate({ ...STACK, maxEntries: 0xffffffff, token })),
    mapWithBadName: bpf.call(bpf.CMD.MAP_CREATE, badName),
    programNotDelegated: bpf.call(bpf.CMD.PROG_LOAD, bpf.progLoad({ ...XDP, attachType: 0, token })),
    programOfNothing: bpf.call(bpf.CMD.PROG_LOAD, bpf.progLoad({ ...XDP, instructions: Buffer.alloc(0), token })),
    programRefused: bpf.call(bpf.CMD.PROG_LOAD, bpf.progLoad({ ...XDP, instructions: exit(), token })),
    notBtf: bpf.call(bpf.CMD.BTF_LOAD, bpf.btfLoad(Buffer.alloc(24), token)),
  });
  await keepCapabilities(process, NO_CAPABILITIES);
  await useToken(process, token);
}

export default scenario(async ({ guest }) => {
  const child = await guest.spawn({ userns: SUBORDINATE_IDS });
  const { directory } = await bpf.delegateBpffs(guest.root, child, {
    cmds: 'any',
    maps: 'stack',
    progs: 'xdp',
    attachs: 'xdp',
  });
  await (await Hook.named(guest, 'bpf_token_free')).attach(tell);
  const freed = async () => (await guest.readFile(TRACE)).match(/bpf_trace_printk: free$/gm)?.length ?? 0;
  /** Tokens are freed by a worker of the kernel. @returns how many are, once there are so many, or when the limit is over */
  const freedOnce = async (count: number) => {
    for (const until = performance.now() + LIMIT_MS; performance.now() < until && (await freed()) < count; )
      await sleep(10);
    return freed();
  };
  const withToken = async () => {
    const process = await child.fork();
    return { process, token: (await process.bpf(bpf.CMD.TOKEN_CREATE, bpf.tokenCreate(directory.number))).fdOrBad };
  };
  const end = async (process: GuestProcess) => {
    await process.kill(SIG.KILL);
    await process.ended();
  };

  const used = await withToken();
  await useInEveryWay(used.process, used.token);
  const whileOpen = await freed();
  await end(used.process);
  const closed = await freedOnce(1);

  const holder = await withToken();
  await holder.process.bpf(bpf.CMD.PROG_LOAD, bpf.progLoad({ ...XDP, token: holder.token }));
  await holder.process.close(holder.token);
  const later = await withToken();
  await later.process.close(later.token); // is freed after the other, if that is
  const heldByProgram = await freedOnce(2);
  await end(holder.process);
  const programGone = await freedOnce(3);

  const full = await child.fork();
  const { refused } = await full.errnos({
    limit: syscall('prlimit64', 0, RLIMIT.NOFILE, new GuestBuffer(NO_DESCRIPTORS), null),
    refused: bpf.call(bpf.CMD.TOKEN_CREATE, bpf.tokenCreate(directory.number)),
  });
  return { whileOpen, closed, heldByProgram, programGone, withoutDescriptor: { refused, freed: await freedOnce(4) } };
});
