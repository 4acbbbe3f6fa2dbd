import { KconformError } from '../../errors/error.ts';
import type { SystemCalls } from '../api/calls/system-calls.ts';
import { progTestRun } from './attach.ts';
import { call as bpfCall, progLoad } from './attributes.ts';
import { CMD, F, PROG_TYPE } from './commands.ts';
import { call, copy, exit, FRAME, move, raw, sequence } from './instructions.ts';

/** Kinds of BTF types for kernelBtfId (linux/btf.h), without BTF_KIND_. */
export const BTF_KIND = { STRUCT: 4, FUNC: 12 } as const;

const FIND_BY_NAME_KIND = 167;
const STORE_WORD = 0x62;
const ADD_IMMEDIATE = 0x07;

/**
 * The id of a type in the BTF of the running kernel. A BPF program that runs once looks it up in the guest: reading 5 MB of BTF
 * through an emulated port takes a second.
 * @param process one with CAP_BPF, and on 6.1 CAP_PERFMON too, in the initial user namespace
 * @param kind see BTF_KIND
 * @throws KC_NO_BTF_TYPE (case) if there is no such type or no BTF, or if the program cannot be loaded
 */
export async function kernelBtfId(process: SystemCalls, name: string, kind: number): Promise<number> {
  const text = Buffer.alloc(Math.ceil((name.length + 1) / 8) * 8);
  text.write(name, 'latin1');
  const words = Array.from({ length: text.length / 4 }, (_, index) => index * 4);
  const program = sequence(
    ...words.map((at) => raw(STORE_WORD, FRAME, 0, at - text.length, text.readInt32LE(at))),
    copy(1, FRAME),
    raw(ADD_IMMEDIATE, 1, 0, 0, -text.length),
    move(2, name.length + 1),
    move(3, kind),
    move(4, 0),
    call(FIND_BY_NAME_KIND),
    exit(),
  );
  const load = progLoad({ type: PROG_TYPE.SYSCALL, flags: F.SLEEPABLE, instructions: program });
  const { value: fd, errno } = await process.bpf(CMD.PROG_LOAD, load);
  if (errno !== null) throw noType(name, `the program that looks it up cannot be loaded: ${errno}`);
  const run = progTestRun(fd);
  const { calls, contents } = await process.batch([bpfCall(CMD.PROG_TEST_RUN, run), { name: 'close', args: [fd] }]);
  const id = contents.get(run)?.readInt32LE(4) ?? 0;
  if (calls[0]?.last.errno !== null || id <= 0) throw noType(name, 'there is none');
  return id;
}

function noType(name: string, why: string): KconformError {
  return new KconformError(`the kernel's BTF has no type ${name}: ${why}`, { code: 'KC_NO_BTF_TYPE', blame: 'case' });
}
