/**
 * Runs cases of several kinds one after another, each in a clone of its own, while two processes keep the host busy: 2000 clones, or
 * KCONFORM_CLONES (a multiple of 100). What accumulates in the host or in the harness makes the last hundred more expensive.
 */
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import type { GuestMachine } from '../harness/guest/guest-machine.ts';
import { readConfig } from '../harness/kernels/config.ts';
import { resolveKernel } from '../harness/kernels/resolve.ts';
import { upstreamVersion } from '../harness/kernels/version.ts';
import { runCase } from '../harness/run/case/run-case.ts';
import { findCases } from '../harness/run/discovery/cases.ts';
import { prepareEnvironment } from '../harness/run/environment.ts';
import { processorMs } from './bench/samples.ts';

const CLONES = Number(process.env.KCONFORM_CLONES ?? 2000);
const PART = 100;
const TOLERANCE = 0.1;
/** Quick cases that use commands, system calls, namespaces, tokens and BPF programs. PART is a multiple of their number. */
const CASES = [
  'bpffs/mount-owner',
  'bpffs/directories',
  'bpffs/get-objects',
  'bpffs/rename',
  'bpffs/timestamps',
  'token/create-where',
  'token/delegation-flow',
  'token/fdinfo-masks',
  'token/map-create',
  'token/prog-load',
];

/** The cost of one clone. */
interface Cost {
  /** Processor time of QEMU. */
  readonly qemuMs: number;
  /** Processor time of this process. */
  readonly harnessMs: number;
  /** Blocks of code that QEMU translated; 0 under KVM. */
  readonly blocks: number;
}

async function translatedBlocks({ qemu }: GuestMachine): Promise<number> {
  const jit = String(await qemu.qmp.execute('human-monitor-command', { 'command-line': 'info jit' }));
  return Number(/^TB count +(\d+)/m.exec(jit)?.[1] ?? 0);
}

/** Calls `before` when the machine is disposed of and its QEMU still runs. */
function beforeDisposal(machine: GuestMachine, before: () => Promise<void>): void {
  const dispose = machine[Symbol.asyncDispose].bind(machine);
  Object.defineProperty(machine, Symbol.asyncDispose, {
    value: async () => {
      await before();
      await dispose();
    },
  });
}

function mean(costs: readonly Cost[], of: keyof Cost): number {
  return costs.reduce((sum, cost) => sum + cost[of], 0) / costs.length;
}

test(`${CLONES} clones beside two busy processes: every verdict is PASS, and the last clones cost the same as the first`, {
  timeout: CLONES * 30_000,
}, async () => {
  expect(CLONES % PART).toBe(0);
  const busy = [1, 2].map(() => execa('sh', ['-c', 'while :; do :; done'], { reject: false }));
  try {
    const { signal } = new AbortController();
    const kernel = await resolveKernel('6.12');
    const environment = await prepareEnvironment(kernel, undefined, () => undefined);
    const source = await environment.guestsOf({ kernel }, 'clone', () => undefined, signal);
    const found = await findCases(fileURLToPath(new URL('../cases', import.meta.url)), CASES);
    expect(found.map(({ name }) => name).sort()).toEqual([...CASES].sort());
    const facts = { version: upstreamVersion(kernel), config: await readConfig(kernel) };
    const costs: Cost[] = [];
    const wrong: string[] = [];
    for (let index = 0; index < CLONES; index++) {
      const testCase = found[index % found.length];
      if (testCase === undefined) throw new TypeError('there is no case');
      const own = process.cpuUsage();
      let qemuMs = 0;
      let blocks = 0;
      const { judgement } = await runCase(testCase, {
        kernel: facts,
        accelerator: environment.host.accelerator,
        symbols: undefined,
        limits: environment.limits,
        signal,
        leaks: false,
        rest: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
        start: async () => {
          const machine = await source.start(signal);
          beforeDisposal(machine, async () => {
            blocks = await translatedBlocks(machine);
            qemuMs = processorMs(machine.qemu.pid);
          });
          return { machine, proof: source.proof };
        },
      });
      const { user, system } = process.cpuUsage(own);
      costs.push({ qemuMs, blocks, harnessMs: (user + system) / 1000 });
      if (judgement.verdict !== 'PASS')
        wrong.push(`clone ${index + 1}: ${testCase.name} ${judgement.verdict}: ${judgement.reason}`);
      if ((index + 1) % PART === 0) {
        const part = costs.slice(-PART);
        const figures = (['qemuMs', 'harnessMs', 'blocks'] as const).map((of) => `${of} ${mean(part, of).toFixed(0)}`);
        console.log(`${index + 1} clones: ${figures.join(', ')}`);
      }
    }
    expect(wrong).toEqual([]);
    const [first, last] = [costs.slice(0, PART), costs.slice(-PART)];
    for (const of of ['qemuMs', 'blocks'] as const) {
      expect(mean(first, of), of).toBeGreaterThan(environment.host.accelerator === 'tcg' || of === 'qemuMs' ? 0 : -1);
      expect(Math.abs(mean(last, of) - mean(first, of)), of).toBeLessThanOrEqual(TOLERANCE * mean(first, of));
    }
    // Our own code may become cheaper: the first hundred run before it is optimised.
    expect(mean(last, 'harnessMs')).toBeLessThanOrEqual((1 + TOLERANCE) * mean(first, 'harnessMs'));
  } finally {
    for (const process of busy) process.kill('SIGKILL');
  }
});
