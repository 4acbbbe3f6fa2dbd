import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { BOOT, type BootDeclarations } from '../expect/judge/boot.ts';
import { isDefaultMachine, type Machine, machineKey } from '../machine/machine.ts';
import { bootInputs } from '../run/case/boot.ts';
import { fileHashes, inputsOf } from '../run/discovery/case-inputs.ts';
import type { Case } from '../run/discovery/cases.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The boots that are judged are those of the machines of all cases. */
async function bootHash(boot: BootDeclarations, cases: readonly Case[], machine: Machine): Promise<string> {
  const machines = new Map([machine, ...cases.map((one) => one.machine)].map((one) => [machineKey(one), one]));
  if (machines.size === 1 && isDefaultMachine(machine)) return bootInputs(boot); // as before there were machines
  const files = await Promise.all([...machines.values()].map(fileHashes));
  return sha256([bootInputs(boot), ...[...machines.keys()].sort(), ...files.flat().sort()]);
}

function sha256(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** The hashes by which a resumed run knows what it must judge again, and a comparison which cases were edited. */
export async function inputsFor(
  cases: readonly Case[],
  boot: BootDeclarations,
  machine: Machine,
): Promise<Record<string, string>> {
  return { [BOOT]: await bootHash(boot, cases, machine), ...(await inputsOf(cases, ROOT)) };
}
