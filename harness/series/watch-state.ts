import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { replaceFile } from '../cache/replace-file.ts';
import { KconformError } from '../errors/error.ts';

const FILE = 'state.json';

const State = z.object({
  schema: z.literal(1),
  series: z.string(),
  /** `NAME=VERSION` of every package that was judged, or was there before the watch began. */
  known: z.array(z.string()),
  /** What was judged last: its results are in this folder, below that of the state. */
  last: z.object({ version: z.string(), folder: z.string() }),
});

/** The state of a watch. */
export type WatchState = z.infer<typeof State>;

/** Undefined before the first time. @throws KC_WATCH_STATE (host) for a file that is none, or is of another series */
export async function readState(folder: string, series: string): Promise<WatchState | undefined> {
  const file = join(folder, FILE);
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw unreadable(file, error);
  });
  if (text === undefined) return undefined;
  let state: WatchState;
  try {
    state = State.parse(JSON.parse(text));
  } catch (cause) {
    throw unreadable(file, cause);
  }
  if (state.series !== series) throw unreadable(file, new Error(`it is of the series ${state.series}`));
  return state;
}

/** Replaces the file in one step. */
export async function writeState(folder: string, state: WatchState): Promise<void> {
  const text = `${JSON.stringify(state, undefined, 2)}\n`;
  await replaceFile(join(folder, FILE), (temporary) => writeFile(temporary, text), { sync: true });
}

function unreadable(file: string, cause: unknown): KconformError {
  return new KconformError(`${file} cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`, {
    code: 'KC_WATCH_STATE',
    blame: 'host',
    hint: 'use another --out folder to start again',
    cause,
  });
}
