import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { publishFile } from '../../cache/folder.ts';
import type { GuestMachine } from '../../guest/guest-machine.ts';
import type { Limits } from '../../guest/limits/limits.ts';
import { type OracleProof, tryOracles } from '../../oracles/canaries.ts';

/** Raised whenever other faults are planted. */
const FORMAT = 3;
const Names = z.record(z.string(), z.string());
const Stored = z.object({ format: z.literal(FORMAT), silent: Names, unproven: Names });

/**
 * Whether the oracles see on this kernel: what was found when its template was made, or a trial in a guest that is thrown away.
 * Only a trial in which no oracle stayed silent is remembered.
 * @param memo where the answer is kept
 * @throws what kept the guest from being tried
 */
export async function proveOracles(
  memo: string | undefined,
  start: () => Promise<GuestMachine>,
  limits: Limits,
  signal: AbortSignal,
  leakModule: string | undefined,
): Promise<OracleProof> {
  const known = memo === undefined ? undefined : await remembered(memo);
  if (known !== undefined) return known;
  await using machine = await start();
  const watching = { limits, signal, leaks: true, rest: (ms: number) => sleep(ms) };
  const proof = await tryOracles(machine, watching, leakModule);
  if (memo !== undefined && Object.keys(proof.silent).length === 0) {
    const text = JSON.stringify({ format: FORMAT, ...proof });
    // A read-only cache: tried again the next time.
    await publishFile(memo, (path) => writeFile(path, text)).catch(() => undefined);
  }
  return proof;
}

async function remembered(path: string): Promise<OracleProof | undefined> {
  return readFile(path, 'utf8').then(
    (text) => Stored.safeParse(JSON.parse(text)).data,
    () => undefined,
  );
}
