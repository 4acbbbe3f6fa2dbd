import {
  ATTACH_TYPE,
  BPF,
  BTF_KIND,
  exit,
  type Fd,
  type Guest,
  instruction,
  instructions,
  kernelBtfId,
  move,
  PROG_TYPE,
  progLoad,
  rawTracepointOpen,
} from 'kconform';

/** What BPF programs on LSM hooks need (kernel/bpf/bpf_lsm.c). */
export const LSM_CONFIG = ['BPF_LSM', 'BPF_JIT', 'DEBUG_INFO_BTF', 'DYNAMIC_FTRACE', 'FUNCTION_TRACER', 'USER_NS'];

const LOAD_DOUBLE_WORD = 0x79;
const JUMP_IF_NOT_EQUAL = 0x55;

/** The hook answers this to whatever it is asked: 0, or the negative number of an error. */
export function always(answer: number): Buffer {
  return instructions(move(0, answer), exit());
}

/** The hook answers so if its argument, counted from 0, has this value, and 0 if not. */
export function ifArgument(argument: number, value: number, answer: number): Buffer {
  return instructions(
    instruction(LOAD_DOUBLE_WORD, 2, 1, argument * 8, 0),
    instruction(JUMP_IF_NOT_EQUAL, 2, 0, 2, value),
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
    return new Hook(guest, await kernelBtfId(guest.root, `bpf_lsm_${name}`, BTF_KIND.FUNC));
  }

  /** What BPF_PROG_LOAD is told. */
  program(program: Buffer) {
    return {
      type: PROG_TYPE.LSM,
      attachType: ATTACH_TYPE.LSM_MAC,
      attachBtfId: this.#attachBtfId,
      instructions: program,
    };
  }

  /** From now on the program is asked, until `detach`. */
  async attach(program: Buffer): Promise<{ detach(): Promise<void> }> {
    const { root } = this.#guest;
    const loaded: Fd = (await root.bpf(BPF.PROG_LOAD, progLoad(this.program(program)))).fd;
    const link = (await root.bpf(BPF.RAW_TRACEPOINT_OPEN, rawTracepointOpen(loaded))).fd;
    return {
      async detach() {
        await link.close();
        await loaded.close();
      },
    };
  }
}
