/** One function of a stack, innermost first. */
export interface StackFrame {
  /** Without the compiler's suffixes (`.isra.0`). */
  readonly name: string;
  /** As the kernel printed it: `htab_map_free+0x1f/0x2c0`. */
  readonly printed: string;
  /** True for the instruction that faulted, false for a return address. */
  readonly exact: boolean;
}

/** Functions that report, trap or dispatch: they stand in every report and tell none from another. */
const MACHINERY =
  /^(dump_stack(_lvl)?|show_stack\w*|dump_header|__warn\w*|warn_slowpath\w*|report_bug|handle_bug|fixup_bug|exc_\w+|asm_\w+|do_error_trap|do_trap|die\w*|oops_\w+|page_fault_oops|__bad_area\w*|bad_area\w*|kernelmode_fixup_or_oops|do_(user|kern)_addr_fault|panic|vpanic|__?might_(resched|sleep|fault)|__schedule_bug|print_\w*(report|bug|usage|deadlock|circular|address_description|memory|lock)\w*|kasan_\w+|__kasan_\w+|__asan_\w+|kcsan_\w+|__tsan_\w+|end_report|ubsan_\w+|__ubsan_\w+|lockdep_\w+|check_(noncircular|prev_add|deadlock|irq_usage)|validate_chain|__lock_acquire|lock_acquire|mark_lock\w*|refcount_warn_saturate|__list_(add|del)\w*_valid\w*|rcu_sched_clock_irq|rcu_check_gp\w*|watchdog_timer_fn|sched_show_task|nmi_\w+|__nmi\w*|entry_\w+|do_syscall_\w+|x64_sys_call|ret_from_fork\w*|oom_kill_process|out_of_memory|warn_alloc)$/;

const FRAME = /^\s+(\? )?([\w.]+)\+0x[0-9a-f]+\/0x[0-9a-f]+/;
const INSTRUCTION = /^RIP: 0010:([\w.]+)\+0x[0-9a-f]+\/0x[0-9a-f]+/;
const FINGERPRINT_LENGTH = 3;

/** The first stack in a report. Lines with `?` are left out: the unwinder does not vouch for them. */
export function framesOf(text: readonly string[]): StackFrame[] {
  const frames: StackFrame[] = [];
  const add = (printed: string, exact: boolean) => {
    const name = printed.replace(/\+0x.*$/, '').replace(/\.(?:isra|constprop|part|cold)(?:\.\d+)?/g, '');
    if (!frames.some((frame) => frame.printed === printed)) frames.push({ name, printed, exact });
  };
  for (const line of text) {
    const instruction = INSTRUCTION.exec(line)?.[0].slice('RIP: 0010:'.length);
    const frame = FRAME.exec(line);
    if (instruction !== undefined) add(instruction, true);
    else if (frame !== null && frame[1] === undefined) add(frame[0].trim(), false);
    // The interrupted task's own stack, or that of whoever freed the memory, is another matter.
    else if (/^\s*<\/(IRQ|TASK|NMI|SOFTIRQ)>/.test(line) && frames.some(isOwn)) break;
    else if (/^(Allocated|Freed) by task/.test(line)) break;
  }
  return frames;
}

/** Names of the first frames that are the report's own, at most three: what tells one bug from another on any kernel. */
export function fingerprint(frames: readonly StackFrame[]): string[] {
  return frames
    .filter(isOwn)
    .slice(0, FINGERPRINT_LENGTH)
    .map(({ name }) => name);
}

function isOwn({ name }: StackFrame): boolean {
  return !MACHINERY.test(name);
}
