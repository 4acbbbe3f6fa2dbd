import { bpf, type Fd, type Guest, instruction } from 'kconform';

const { exit, jumpIf, load, move, sequence } = instruction;

/** What BPF programs on LSM hooks need (kernel/bpf/bpf_lsm.c). */
export const LSM_CONFIG = ['BPF_LSM', 'BPF_JIT', 'DEBUG_INFO_BTF', 'DYNAMIC_FTRACE', 'FUNCTION_TRACER', 'USER_NS'];

/** Numbers of errors, for the answers of hooks (asm-generic/errno-base.h). */
export const EPERM = 1;
export const EACCES = 13;

/** The return value of the hook: 0, or a negative errno. */
export function always(answer: number): Buffer {
  return sequence(move(0, answer), exit());
}

/** The hook answers so if its argument, counted from 0, has this value, and 0 if not. */
export function ifArgument(argument: number, value: number, answer: number): Buffer {
  return sequence(
    load('double', 2, 1, argument * 8),
    jumpIf('ne', 2, value, 2),
    move(0, answer),
    exit(),
    move(0, 0),
    exit(),
  );
}

/** A hook of the security modules, by its name in linux/lsm_hook_defs.h. */
export class Hook {
  readonly #guest: Guest;
  readonly #attachBtfId: number;

  private constructor(guest: Guest, attachBtfId: number) {
    this.#guest = guest;
    this.#attachBtfId = attachBtfId;
  }

  static async named(guest: Guest, name: string): Promise<Hook> {
    return new Hook(guest, await bpf.kernelBtfId(guest.root, `bpf_lsm_${name}`, bpf.BTF_KIND.FUNC));
  }

  /** The attributes of BPF_PROG_LOAD. */
  program(program: Buffer) {
    return {
      type: bpf.PROG_TYPE.LSM,
      attachType: bpf.ATTACH_TYPE.LSM_MAC,
      attachBtfId: this.#attachBtfId,
      instructions: program,
    };
  }

  /** From now on the program is asked, until `detach`. */
  async attach(program: Buffer): Promise<{ detach(): Promise<void> }> {
    const { root } = this.#guest;
    const loaded: Fd = (await root.bpf(bpf.CMD.PROG_LOAD, bpf.progLoad(this.program(program)))).fd;
    const link = (await root.bpf(bpf.CMD.RAW_TRACEPOINT_OPEN, bpf.rawTracepointOpen(loaded))).fd;
    return {
      async detach() {
        await link.close();
        await loaded.close();
      },
    };
  }
}
