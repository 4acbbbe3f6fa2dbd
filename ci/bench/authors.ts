import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PreparedScenario, prepare } from '../../harness/authors/prepared.ts';
import { AuthorProcess } from '../../harness/authors/process.ts';
import { loadScenario } from '../../harness/authors/scenarios.ts';
import { GuestMachine } from '../../harness/guest/guest-machine.ts';
import type { Limits } from '../../harness/guest/limits/limits.ts';
import type { Template } from '../../harness/guest/template/template.ts';
import { Transcript } from '../../harness/scenario/api/transcript.ts';
import { endedChildrenMs, type Samples } from './samples.ts';
import inOurProcess from './trivial-scenario.ts';

/** Processor time is counted in ticks of 10 ms. */
const STARTS = 5;
const { signal } = new AbortController();
const folder = mkdtempSync(join(tmpdir(), 'kconform-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true }));

/**
 * What a case pays for having its scenario in a process of its own, which was started ahead: the same scenario, from its loading
 * to its observations, there and in our process, in a clone each.
 */
export async function measureIsolation(template: Template, limits: Limits, samples: Samples): Promise<void> {
  const ready = await AuthorProcess.start();
  await ready.ask({ type: 'ping' }, 'done', 'answer');
  const file = join(folder, 'trivial-scenario.ts');
  const text = await readFile(new URL('trivial-scenario.ts', import.meta.url), 'utf8');
  writeFileSync(file, text.replace('../../harness/scenario/api/scenario.ts', 'kconform'));
  const loaded = await loadScenario(file);
  const own = await observe(template, limits, () => prepare(inOurProcess));
  const isolated = await observe(template, limits, () => prepare(loaded, async () => ready));
  samples.add('authorIsolationMs', isolated - own);
}

/** A process that is started and ended: what of it is not seen in authorIsolationMs, as it was started while others worked. */
export async function measureStart(samples: Samples): Promise<void> {
  const before = endedChildrenMs();
  for (let count = 0; count < STARTS; count++) {
    await using process = await AuthorProcess.start();
    await process.ask({ type: 'ping' }, 'done', 'answer');
  }
  samples.add('authorProcessCpuMs', (endedChildrenMs() - before) / STARTS);
}

async function observe(template: Template, limits: Limits, make: () => Promise<PreparedScenario>): Promise<number> {
  await using machine = await GuestMachine.clone(template, limits, signal);
  const from = performance.now();
  await using prepared = await make();
  await prepared.run({ agent: machine.agent, transcript: new Transcript(), signal });
  await prepared.unawaited();
  return performance.now() - from;
}
