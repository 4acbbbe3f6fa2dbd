import type { Call, FileFacts, GuestBuffer, GuestProcess } from 'kconform';

/** The name of an error; null where there is none. */
export type Failure = Awaited<ReturnType<GuestProcess['close']>>['errno'];

/** What a call came to: its value (-1 with an error), and its error. */
export interface CallResult {
  readonly value: number;
  readonly errno: Failure;
}

/** One system call among many: `sys('mkdir', '/mnt/d', 0o755)`. */
export function sys(name: Call['name'], ...args: Call['args']): Call {
  return { name, args };
}

/** The agent takes 256 calls in one program. */
const AT_ONCE = 250;

/** Makes the calls one after another in as few round trips as there can be; with what came back in their buffers. */
export async function run(
  process: GuestProcess,
  calls: readonly Call[],
): Promise<{ readonly results: readonly CallResult[]; readonly contents: ReadonlyMap<GuestBuffer, Buffer> }> {
  const results: CallResult[] = [];
  const contents = new Map<GuestBuffer, Buffer>();
  for (let from = 0; from < calls.length; from += AT_ONCE) {
    const answer = await process.batch(calls.slice(from, from + AT_ONCE));
    results.push(...answer.calls.map(({ last }) => last));
    for (const [buffer, bytes] of answer.contents) contents.set(buffer, bytes);
  }
  return { results, contents };
}

/** What `shown` picks of a file's facts; the error where there is no such file, for a kernel may be at fault that it is missing. */
export async function statShown<T>(
  process: GuestProcess,
  path: string,
  shown: (facts: FileFacts) => T,
): Promise<T | Failure> {
  const { facts, errno } = await process.stat(path);
  return facts === null ? errno : shown(facts);
}

/** No file that a case looks at is as long: one whose end never comes is a kernel's fault, and not the case's. */
const LONGEST_TEXT = 16_384;

/** What is in a file; why it cannot be read where the kernel refuses, and that it has no end where none is seen. */
export async function textShown(process: GuestProcess, path: string): Promise<string> {
  const opened = await process.open(path);
  if (opened.errno !== null) return `open: ${opened.errno}`;
  await using file = opened.fd;
  let text = '';
  while (text.length <= LONGEST_TEXT) {
    const { errno, bytes } = await process.read(file);
    if (errno !== null) return `read: ${errno}`;
    if (bytes.length === 0) return text;
    text += bytes.toString('latin1');
  }
  return `${text.slice(0, 200)}… and no end`;
}

/** A record with a value for each name. */
export function byName<K extends string, V>(names: readonly K[], value: (name: K, index: number) => V): Record<K, V> {
  const record: Partial<Record<K, V>> = {};
  for (const [index, name] of names.entries()) record[name] = value(name, index);
  if (isComplete(record, names)) return record;
  throw new TypeError('each name was given a value');
}

/** The names of a record, with their type. */
export function keysOf<K extends string>(record: Readonly<Record<K, unknown>>): K[] {
  const names: K[] = [];
  for (const name in record) names.push(name);
  return names;
}

/** A record with what came of each entry of another, one after another. */
export async function inTurn<K extends string, E, V>(
  entries: Readonly<Record<K, E>>,
  value: (entry: E) => Promise<V>,
): Promise<Record<K, V>> {
  const names = keysOf(entries);
  const record: Partial<Record<K, V>> = {};
  for (const name of names) record[name] = await value(entries[name]);
  if (isComplete(record, names)) return record;
  throw new TypeError('each name was given a value');
}

function isComplete<K extends string, V>(record: Partial<Record<K, V>>, names: readonly K[]): record is Record<K, V> {
  return names.every((name) => name in record);
}
