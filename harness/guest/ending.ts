/** How a guest ended, and who is to blame: the only place where that is decided. The rules are in docs/decisions/blame.md. */
import type { ErrorCode } from '../errors/codes.ts';
import type { Blame } from '../errors/error.ts';
import type { Exit } from './qemu/child.ts';
import { initFailure, lastRecord, unpackingFailure } from './qemu/console.ts';

export interface Ending {
  readonly kind: 'panic' | 'reset' | 'asked' | 'init' | 'memory' | 'accelerator' | 'killed' | 'failed';
  readonly reason: string;
  readonly code: ErrorCode;
  readonly blame: Blame;
  readonly hint?: string;
}

/** What is known about the end of a guest. */
export interface EndEvidence {
  /** How the QEMU process ended; undefined where it still runs, but the guest does not answer after a last message. */
  readonly exit: Exit | undefined;
  /** `reason` of the QMP event SHUTDOWN (ShutdownCause in QEMU's qapi/run-state.json). */
  readonly shutdown: string | undefined;
  /** What the guest printed. */
  readonly console: string;
}

const ASKED_HINT = 'a scenario cannot restart, power off or halt its guest: nothing can be observed afterwards';

/** Evidence in the order of its weight: what the host did, what the console says, what QEMU says of the guest. */
export function endingOf({ exit, shutdown, console }: EndEvidence): Ending {
  if (exit !== undefined) {
    const byHost = endedByHost(exit, shutdown);
    if (byHost !== undefined) return byHost;
  }
  const last = lastRecord(console);
  if (last?.kind === 'panic') {
    const failure = initFailure(console);
    // Once init runs, a scenario can write the same words; what our init lacks, it gives up for.
    const unpacking = failure !== undefined || !INIT_RUNS.test(console) ? unpackingEnding(console) : undefined;
    if (unpacking !== undefined) return unpacking;
    if (failure !== undefined) return initEnding(failure);
    return { kind: 'panic', reason: last.text, code: 'KC_GUEST_PANIC', blame: 'kernel' };
  }
  if (last?.kind === 'asked') {
    return {
      kind: 'asked',
      reason: `the scenario ended its guest: ${last.text}`,
      code: 'KC_GUEST_ENDED',
      blame: 'case',
      hint: ASKED_HINT,
    };
  }
  switch (shutdown) {
    case 'guest-reset':
      return kernelReset('the guest was reset, and nothing in it asked for that (a triple fault)');
    case 'guest-shutdown':
      return kernelReset('the guest switched itself off, and nothing in it asked for that');
    case 'guest-panic':
      return { kind: 'panic', reason: 'the guest panicked', code: 'KC_GUEST_PANIC', blame: 'kernel' };
    default:
      return failed(`QEMU exited with code 0 and gave no reason${shutdown === undefined ? '' : ` but ${shutdown}`}`);
  }
}

function kernelReset(reason: string): Ending {
  return { kind: 'reset', reason, code: 'KC_GUEST_REBOOT', blame: 'kernel' };
}

/** What a signal, QEMU's user interface or an error of QEMU itself ended. */
function endedByHost(exit: Exit, shutdown: string | undefined): Ending | undefined {
  const { code, signal, output } = exit;
  const killed = (reason: string): Ending => ({
    kind: 'killed',
    reason,
    code: 'KC_QEMU_KILLED',
    blame: 'host',
    hint: 'something on the host ended it: the out-of-memory killer, a supervisor, or a person; run again',
  });
  if (signal !== null) return killed(`QEMU was killed by ${signal}`);
  // QEMU ends in order on SIGINT, SIGHUP and SIGTERM, with exit code 0, and says so (os_setup_signal_handling).
  const terminated = /terminating on signal \d+[^\n]*/.exec(output)?.[0];
  if (terminated !== undefined) return killed(`QEMU was ended by the host: ${terminated}`);
  if (code !== 0) return failed(`QEMU failed (exit code ${code}): ${output.trim()}`);
  if (shutdown?.startsWith('host-') === true) return killed(`QEMU was ended by the host (${shutdown})`);
  return undefined;
}

/** `data` of the QMP event BLOCK_IO_ERROR. */
export interface BlockError {
  readonly nospace?: boolean;
  readonly reason?: string;
}

/** The host could not read or write the file of a disk. QEMU has stopped the guest, so that the kernel sees no fault that is not its own. */
export function diskEnding({ nospace = false, reason = 'no reason given' }: BlockError = {}): Ending {
  if (!nospace) return failed(`the host failed to read or write a disk of the guest: ${reason}`);
  return {
    kind: 'failed',
    reason: 'no space is left on the host for what the guest writes to its disks',
    code: 'KC_DISK_FULL',
    blame: 'host',
    hint: 'free some space in /var/tmp, or set TMPDIR to a folder on another disk',
  };
}

function failed(reason: string): Ending {
  return { kind: 'failed', reason, code: 'KC_QEMU_FAILED', blame: 'host' };
}

/** init/main.c, run_init_process */
const INIT_RUNS = /\bRun \/init as init process/;

/** How a guest ends whose kernel did not unpack all of its files; undefined where it did. */
export function unpackingEnding(console: string): Ending | undefined {
  const failure = unpackingFailure(console);
  if (failure === undefined) return undefined;
  return {
    kind: 'memory',
    reason: `the guest has too little memory for its files (initramfs: ${failure})`,
    code: 'KC_GUEST_MEMORY',
    blame: 'case',
    hint: 'ask for more memory, or for fewer packages and files',
  };
}

const PORTS_HINT =
  'a guest needs CONFIG_PCI, CONFIG_VIRTIO_PCI and CONFIG_VIRTIO_CONSOLE built into the kernel, not as modules';

const MODULE_HINT =
  'the kernel refused it: the parameters may be wrong, or the module needs hardware; the console log has its message';

function hintFor(failure: string): string | undefined {
  if (failure.startsWith('module ')) return MODULE_HINT;
  return /\bport\b|\bPCI\b/.test(failure) ? PORTS_HINT : undefined;
}

function initEnding(failure: string): Ending {
  const found = (reason: string, hint?: string): Ending => ({
    kind: 'init',
    reason,
    code: 'KC_GUEST_INIT',
    blame: failure.startsWith('module ') ? 'case' : 'harness',
    ...(hint === undefined ? {} : { hint }),
  });
  return found(`kconform's init failed in this guest: ${failure}`, hintFor(failure));
}
