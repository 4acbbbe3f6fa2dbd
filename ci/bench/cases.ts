import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expectation } from '../../harness/expect/expectation.ts';
import type { PlannedKernel } from '../../harness/kernels/resolve.ts';
import type { Isolation } from '../../harness/run/environment.ts';
import type { RunEvent } from '../../harness/run/events.ts';
import { run } from '../../harness/run/run.ts';
import { scenario } from '../../harness/scenario/api/scenario.ts';
import { endedChildrenMs, type Samples } from './samples.ts';

/** Trivial: the agent makes one system call. */
const loaded = {
  scenario: scenario(async ({ guest }) => ({ root: (await guest.stat('/')).mode })),
  expectation: expectation({ about: 'one system call', commit: 'none', outcome: { root: 0o40755 } }),
};

export interface Rate {
  readonly isolation: Isolation;
  readonly jobs: number;
  /** Cases that a sample counts over. */
  readonly window: number;
  readonly samples: number;
}

/** Trivial cases a minute, each in a guest of its own, from the kernel's being ready: one sample for every `window` of them. */
export async function measureRate(
  kernel: PlannedKernel,
  { isolation, jobs, window, samples: count }: Rate,
  samples: Samples,
  names: { readonly rate: string; readonly share?: string },
  signal: AbortSignal,
): Promise<void> {
  const cases = Array.from({ length: window * count }, () => {
    const name = `bench/${isolation}`;
    return { name, argument: name, folder: '/', machine: {}, loaded };
  });
  let finished = 0;
  let from = 0;
  let before = { own: 0, children: 0 };
  const processor = () => {
    const { user, system } = process.cpuUsage();
    return { own: (user + system) / 1000, children: endedChildrenMs() };
  };
  const mark = () => {
    from = performance.now();
    before = processor();
  };
  const on = (event: RunEvent) => {
    if (event.type === 'kernel-ready') mark();
    if (event.type !== 'case-finished') return;
    const { verdict, reason } = event.result;
    if (verdict !== 'PASS') throw new TypeError(`a trivial case did not pass: ${verdict}: ${reason}`);
    if (++finished % window !== 0) return;
    samples.add(names.rate, (window * 60_000) / (performance.now() - from));
    const now = processor();
    const own = now.own - before.own;
    if (names.share !== undefined) samples.add(names.share, own / (own + now.children - before.children));
    mark();
  };
  const options = {
    boot: undefined,
    accelerator: undefined,
    leaks: false,
    version: 'bench',
    ownOptions: [],
    reporters: [{ on }],
  };
  await run({ kernels: [kernel], cases, isolation, jobs, signal, ...options });
  if (finished !== cases.length) throw new TypeError(`${finished} of ${cases.length} trivial cases were judged`);
}

/** From `npx kconform run CASE` to its verdict on the terminal, with a template that is there. */
export async function measureCommand(kernel: string, samples: Samples): Promise<void> {
  const from = performance.now();
  const child = spawn('npx', ['kconform', 'run', 'bpffs/mount-owner', '--kernel', kernel], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const had = /\bPASS\b/.test(printed);
    printed += text;
    if (!had && /\bPASS\b/.test(printed)) samples.add('commandToVerdictMs', performance.now() - from);
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new TypeError(`the case did not pass (exit code ${code}):\n${printed}`);
}
