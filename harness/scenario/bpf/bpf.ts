/**
 * What bpf(2) takes, as cases import it under the name `bpf`: commands, types and flags, an attribute for each command, and BTF.
 * A builder returns the attribute; `call` makes it one of several system calls, `GuestProcess.bpf` makes the call at once.
 */
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
} from './attach.ts';
export {
  btfLoad,
  byId,
  call,
  type MapCreate,
  mapCreate,
  mapDelete,
  mapLookup,
  mapNextKey,
  mapUpdate,
  type ObjectKind,
  objectId,
  objInfo,
  objPath,
  type PathOptions,
  type ProgLoad,
  progLoad,
  tokenCreate,
} from './attributes.ts';
export { BTF_INT, BTF_VALUE, Btf, type BtfMember, type BtfParameter, structWithMember } from './btf.ts';
export { ATTACH_TYPE, CMD, F, MAP_TYPE, PROG_TYPE } from './commands.ts';
export { type Delegated, type DelegatedBpffs, delegateBpffs } from './delegate.ts';
export { BTF_KIND, kernelBtfId } from './kernel-btf.ts';
