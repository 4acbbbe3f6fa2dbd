/** perf_event_open(2), as cases import it under the name `perf`. */
import type { Call } from '../agent/batch.ts';
import type { Descriptor } from '../api/fd.ts';
import { ioctlNumber, Struct } from './struct.ts';

/** The first fields of the attributes (linux/perf_event.h, PERF_ATTR_SIZE_VER5). `flags` are the bits from `disabled` on: see ATTR. */
export const ATTRIBUTES = new Struct('struct perf_event_attr', 'linux/perf_event.h', 112, {
  type: ['u32', 0],
  size: ['u32', 4],
  config: ['u64', 8],
  sample_period: ['u64', 16],
  sample_type: ['u64', 24],
  read_format: ['u64', 32],
  flags: ['u64', 40],
  wakeup_events: ['u32', 48],
  bp_type: ['u32', 52],
  config1: ['u64', 56],
  config2: ['u64', 64],
});

/** Bits of `flags` of ATTRIBUTES, by the names of the bit fields in linux/perf_event.h. */
export const ATTR = {
  DISABLED: 1n << 0n,
  INHERIT: 1n << 1n,
  PINNED: 1n << 2n,
  EXCLUSIVE: 1n << 3n,
  EXCLUDE_USER: 1n << 4n,
  EXCLUDE_KERNEL: 1n << 5n,
  EXCLUDE_HV: 1n << 6n,
  EXCLUDE_IDLE: 1n << 7n,
  MMAP: 1n << 8n,
  COMM: 1n << 9n,
  ENABLE_ON_EXEC: 1n << 12n,
  TASK: 1n << 13n,
  EXCLUDE_CALLCHAIN_KERNEL: 1n << 21n,
  EXCLUDE_CALLCHAIN_USER: 1n << 22n,
  CONTEXT_SWITCH: 1n << 26n,
  KSYMBOL: 1n << 29n,
  BPF_EVENT: 1n << 30n,
  TEXT_POKE: 1n << 33n,
  INHERIT_THREAD: 1n << 35n,
  REMOVE_ON_EXEC: 1n << 36n,
  SIGTRAP: 1n << 37n,
} as const;

/** Types of events (linux/perf_event.h), without PERF_TYPE_. */
export const TYPE = { HARDWARE: 0, SOFTWARE: 1, TRACEPOINT: 2, HW_CACHE: 3, RAW: 4, BREAKPOINT: 5 } as const;

/** Software events (linux/perf_event.h), without PERF_COUNT_SW_. */
export const SOFTWARE = { CPU_CLOCK: 0, TASK_CLOCK: 1, PAGE_FAULTS: 2, CONTEXT_SWITCHES: 3, DUMMY: 9 } as const;

/** What a sample contains (linux/perf_event.h), without PERF_SAMPLE_. */
export const SAMPLE = { IP: 1, TID: 2, TIME: 4, ADDR: 8, READ: 0x10, CALLCHAIN: 0x20, CPU: 0x80, RAW: 0x400 } as const;

/** The ioctls without an argument (linux/perf_event.h), without PERF_EVENT_IOC_. */
export const IOC = {
  ENABLE: ioctlNumber('none', '$', 0),
  DISABLE: ioctlNumber('none', '$', 1),
  RESET: ioctlNumber('none', '$', 3),
} as const;

/** Which process and CPU an event is of. */
export interface PerfTarget {
  /** Default: 0, the calling process; -1 is every process. */
  readonly pid?: number;
  /** Default: -1, any CPU. */
  readonly cpu?: number;
  /** The leader of the group; default: the event leads its own. */
  readonly group?: Descriptor;
  /** Flags of the call; default: 0. */
  readonly flags?: number;
}

/** perf_event_open(2); the value is a descriptor. `size` of the attributes is set. */
export function open(attributes: Parameters<typeof ATTRIBUTES.make>[0], target: PerfTarget = {}): Call {
  const { pid = 0, cpu = -1, group = -1, flags = 0 } = target;
  const attr = ATTRIBUTES.make({ size: ATTRIBUTES.size, ...attributes });
  return { name: 'perf_event_open', args: [attr, pid, cpu, group, flags] };
}
