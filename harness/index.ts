// Seen from here the types of node are those that kconform brings, also where it is a dependency.
/// <reference types="node" />
/** The public entry point: what scenarios and expectations are written with. Cases import nothing else. */
export { type Behaviour, behaviours } from './expect/behaviours.ts';
export { expectation, type KnownBug, type Quirk } from './expect/expectation.ts';
export {
  absent,
  anyOf,
  atLeast,
  atMost,
  between,
  byConfig,
  byVersion,
  containing,
  including,
  matching,
  not,
} from './expect/matchers/matchers.ts';
export type { Observed } from './expect/outcome.ts';
export { type Configuration, configuration } from './run/discovery/configuration.ts';
export { type Call, GuestBuffer, ResultOf } from './scenario/agent/program.ts';
export {
  AT,
  CLONE,
  FSCONFIG,
  FSOPEN,
  FSPICK,
  MNT,
  MOUNT_ATTR,
  MOVE_MOUNT,
  MS,
  O,
  OPEN_TREE,
  PR,
  RLIMIT,
  S,
  SIG,
} from './scenario/api/constants.ts';
export type { Descriptor, Fd } from './scenario/api/fd.ts';
export type { Guest } from './scenario/api/guest.ts';
export type { GuestProcess } from './scenario/api/process.ts';
export { type Runner, race } from './scenario/api/race.ts';
export { scenario } from './scenario/api/scenario.ts';
export { CAP, capabilities, keepCapabilities, type Spawn } from './scenario/api/spawn.ts';
export { type FileFacts, readStat, STAT_LENGTH } from './scenario/api/stat.ts';
export {
  byDescriptor,
  iterCreate,
  linkCreate,
  linkUpdate,
  mapBatch,
  nextId,
  progAttach,
  progBindMap,
  progDetach,
  progQuery,
  progTestRun,
  rawTracepointOpen,
} from './scenario/bpf/attach.ts';
export {
  bpfCall,
  btfLoad,
  byId,
  type MapCreate,
  mapCreate,
  mapLookup,
  mapUpdate,
  objInfo,
  objPath,
  type ProgLoad,
  progLoad,
  tokenCreate,
} from './scenario/bpf/attributes.ts';
export { BTF_INT, BTF_VALUE, Btf, type BtfMember, type BtfParameter, structWithMember } from './scenario/bpf/btf.ts';
export {
  ATTACH_TYPE,
  BPF,
  BPF_F_NO_PREALLOC,
  BPF_F_PATH_FD,
  BPF_F_RDONLY,
  BPF_F_SLEEPABLE,
  BPF_F_TOKEN_FD,
  BPF_F_WRONLY,
  MAP_TYPE,
  PROG_TYPE,
} from './scenario/bpf/commands.ts';
export {
  alu,
  alu32,
  atomicAdd,
  call,
  callKernel,
  callOwn,
  copy,
  exit,
  instruction,
  instructions,
  jump,
  jumpIf,
  jumpIf32,
  load,
  loadImmediate64,
  loadMap,
  move,
  type Register,
  register,
  store,
  storeImmediate,
  type Width,
} from './scenario/bpf/instructions.ts';
export { BTF_KIND, kernelBtfId } from './scenario/bpf/kernel-btf.ts';
