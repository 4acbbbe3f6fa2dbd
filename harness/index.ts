// Seen from here the types of node are those that kconform brings, also where it is a dependency.
/// <reference types="node" />
/** The public entry point: what scenarios and expectations are written with. Cases import nothing else. */
export { type Behaviour, behaviours } from './expect/behaviours.ts';
export {
  type Expectation,
  type ExpectationOf,
  expectation,
  type KnownBug,
  type Needs,
  type Quirk,
  type SplatMatcher,
} from './expect/expectation.ts';
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
  type Matcher,
  matching,
  not,
} from './expect/matchers/matchers.ts';
export type { Observations, Observed } from './expect/outcome.ts';
export type { ExecOptions, ExecResult } from './guest/agent/commands.ts';
export { editsOf, equivalentMutants, mutants } from './prove/declare.ts';
export type { EquivalentMutant, MutantDeclaration } from './prove/mutant.ts';
export { type Configuration, configuration } from './run/discovery/configuration.ts';
export {
  type Argument,
  type BatchOptions,
  type BatchResult,
  type Call,
  type CallSummary,
  GuestBuffer,
  ResultOf,
  syscall,
  type ThreadBatch,
  type ThreadOptions,
} from './scenario/agent/batch.ts';
export type { MountAttributes } from './scenario/api/calls/mounts.ts';
export {
  AT,
  CLONE,
  FCNTL,
  FSCONFIG,
  FSOPEN,
  FSPICK,
  MAP,
  MNT,
  MOUNT_ATTR,
  MOVE_MOUNT,
  MS,
  O,
  OPEN_TREE,
  PR,
  PROT,
  RENAME,
  RLIMIT,
  S,
  SEEK,
  SIG,
} from './scenario/api/constants.ts';
export { eachInTurn, eachOf } from './scenario/api/each.ts';
export type { Descriptor, Fd, FdResult } from './scenario/api/fd.ts';
export type { Guest, Shell, ShellResult, ShellValue } from './scenario/api/guest.ts';
export type { GuestProcess } from './scenario/api/process.ts';
export { type Racer, race } from './scenario/api/race.ts';
export type { ErrnoResult } from './scenario/api/result.ts';
export { type Scenario, type ScenarioContext, scenario } from './scenario/api/scenario.ts';
export {
  CAP,
  capabilities,
  keepCapabilities,
  type SpawnOptions,
  SUBORDINATE_IDS,
  type UserNamespace,
} from './scenario/api/spawn.ts';
export type { FileSystemFacts } from './scenario/api/stat.ts';
export { type FileFacts, readStat, STAT_LENGTH } from './scenario/api/stat.ts';
export * as bpf from './scenario/bpf/bpf.ts';
export * as instruction from './scenario/bpf/instructions.ts';
export type { Program } from './scenario/programs/program-request.ts';
export * as futex from './scenario/uapi/futex.ts';
export * as ioUring from './scenario/uapi/io-uring.ts';
export * as keys from './scenario/uapi/keys.ts';
export * as landlock from './scenario/uapi/landlock.ts';
export * as memory from './scenario/uapi/memory.ts';
export * as mountInfo from './scenario/uapi/mounts.ts';
export * as netlink from './scenario/uapi/netlink.ts';
export * as notify from './scenario/uapi/notify.ts';
export * as perf from './scenario/uapi/perf.ts';
export * as pidfd from './scenario/uapi/pidfd.ts';
export * as seccomp from './scenario/uapi/seccomp.ts';
export * as sockets from './scenario/uapi/sockets.ts';
export {
  type Fields,
  type FieldsRead,
  type FieldType,
  type FieldValue,
  ioctlNumber,
  Struct,
} from './scenario/uapi/struct.ts';
export * as time from './scenario/uapi/time.ts';
export * as userfault from './scenario/uapi/userfault.ts';
export {
  type AllowedSkip,
  type FlakyTest,
  type KnownFailure,
  type KselftestSuite,
  type LiburingSuite,
  type LtpSuite,
  type ProgramsSuite,
  type SuiteFields,
  type SuiteFile,
  type SuiteTestFields,
  suite,
} from './suites/declaration.ts';
