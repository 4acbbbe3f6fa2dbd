import { setTimeout as sleep } from 'node:timers/promises';
import { bpf, type Call, type Descriptor, type Fd, type GuestProcess, instruction } from 'kconform';

type PathOptions = bpf.PathOptions;

type Kind = Exclude<bpf.ObjectKind, 'btf'>;

/** Those of some names in a bpffs that no kernel brings along (CONFIG_BPF_PRELOAD). */
export function withoutPreloaded(names: readonly string[]): string[] {
  return names.filter((name) => name !== 'maps.debug' && name !== 'progs.debug');
}

/** BPF_OBJ_PIN as one of several calls. */
export function pin(path: string, fd: Descriptor, options?: PathOptions): Call {
  return bpf.call(bpf.CMD.OBJ_PIN, bpf.objPath(path, fd, options));
}

/** BPF_OBJ_GET as one of several calls. */
export function get(path: string, options?: PathOptions): Call {
  return bpf.call(bpf.CMD.OBJ_GET, bpf.objPath(path, 0, options));
}

/** Creates a map; default: an array of one value of 4 bytes. */
export async function newMap(process: GuestProcess, map: Partial<bpf.MapCreate> = {}): Promise<Fd> {
  return (await process.bpf(bpf.CMD.MAP_CREATE, bpf.mapCreate({ type: bpf.MAP_TYPE.ARRAY, ...map }))).fd;
}

/** Creates a map with a key of 4 KiB. Each open pin of it allocates a key, so that a leak is visible in the slab. */
export async function mapWithLargeKey(process: GuestProcess): Promise<Fd> {
  const SIZE = 4096;
  const types = new bpf.Btf();
  const int = types.int('int', 4);
  const key = types.struct('key', SIZE, [{ name: 'words', type: types.array(int, int, SIZE / 4), at: 0 }]);
  const btf = (await process.bpf(bpf.CMD.BTF_LOAD, bpf.btfLoad(types.blob()))).fd;
  return newMap(process, { type: bpf.MAP_TYPE.HASH, keySize: SIZE, btf: { fd: btf, key, value: int } });
}

const RETURN_0 = instruction.sequence(instruction.move(0, 0), instruction.exit());

/** Loads a program that does nothing; default: a socket filter. */
export async function newProgram(process: GuestProcess, type: number = bpf.PROG_TYPE.SOCKET_FILTER): Promise<Fd> {
  return (await process.bpf(bpf.CMD.PROG_LOAD, bpf.progLoad({ type, instructions: RETURN_0 }))).fd;
}

/** A link of such a program to the raw tracepoint sched_process_exit. */
export async function newLink(process: GuestProcess): Promise<Fd> {
  await using program = await newProgram(process, bpf.PROG_TYPE.RAW_TRACEPOINT);
  return (await process.bpf(bpf.CMD.RAW_TRACEPOINT_OPEN, bpf.rawTracepointOpen(program, 'sched_process_exit'))).fd;
}

/** BPF_OBJ_GET for its descriptor; where the kernel refuses, what is done with it ends with EBADF. */
export async function openPin(process: GuestProcess, path: string, options?: PathOptions): Promise<Fd> {
  return (await process.bpf(bpf.CMD.OBJ_GET, bpf.objPath(path, 0, options))).fdOrBad;
}

/** Looks an object up by its id, as one of several calls; what is found stays open. */
export function lookUp(kind: Kind, id: number): Call {
  const command = {
    map: bpf.CMD.MAP_GET_FD_BY_ID,
    program: bpf.CMD.PROG_GET_FD_BY_ID,
    link: bpf.CMD.LINK_GET_FD_BY_ID,
  }[kind];
  return bpf.call(command, bpf.byId(id));
}

/** A callback after an RCU grace period, or a work item, has come long before this. */
const RELEASE_LIMIT_MS = 10_000;

/** Whether there is an object of this id; the ids are walked, for a look-up would hold the object. */
export async function isThere(process: GuestProcess, kind: Kind, id: number): Promise<boolean> {
  const command = { map: bpf.CMD.MAP_GET_NEXT_ID, program: bpf.CMD.PROG_GET_NEXT_ID, link: bpf.CMD.LINK_GET_NEXT_ID }[
    kind
  ];
  const next = bpf.nextId(id - 1);
  const { calls, contents } = await process.batch([bpf.call(command, next)]);
  const errno = calls[0]?.last.errno ?? null;
  if (errno !== null && errno !== 'ENOENT') throw new TypeError(`ids cannot be walked: ${errno}`);
  return errno === null && contents.get(next)?.readUInt32LE(4) === id;
}

/** Waits until an object is released. @returns false when it is still there after ten seconds */
export async function released(process: GuestProcess, kind: Kind, id: number): Promise<boolean> {
  for (const until = performance.now() + RELEASE_LIMIT_MS; performance.now() < until; await sleep(5)) {
    if (!(await isThere(process, kind, id))) return true;
  }
  return false;
}
