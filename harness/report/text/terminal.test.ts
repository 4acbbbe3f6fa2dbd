import { describe, expect, test } from 'vitest';
import { noReports } from '../../expect/outcome.ts';
import type { RunEvent } from '../../run/events.ts';
import { replay, sampleRun } from '../sample-run.ts';
import { TerminalReporter } from './terminal.ts';

async function printed(
  terminal: { isTTY?: boolean; columns?: number } = {},
  environment: { NO_COLOR?: string } = {},
  events: readonly RunEvent[] = sampleRun,
): Promise<string> {
  let text = '';
  const write = (part: string) => {
    text += part;
  };
  await replay(new TerminalReporter({ write, ...terminal }, environment), events);
  return text;
}

/** A kernel that does not come up, and one that panics in a case. */
function panics(): RunEvent[] {
  const boot = {
    reason: 'Kernel panic - not syncing: no cpio magic',
    evidence: {
      awaited: 'ready message of a booting guest',
      afterMs: 5_500,
      console: ['[    2.446275] Kernel panic - not syncing: no cpio magic', '[    2.447967] Call Trace:'],
    },
  };
  const text = ['Kernel panic - not syncing: sysrq triggered crash', 'Call Trace:', ' panic+0x344/0x3a0'];
  const splat = { kind: 'panic', title: '', fingerprint: [], at: 11.5, state: 'whole', text } as const;
  const inCase = {
    reason: 'Kernel panic - not syncing: sysrq triggered crash',
    evidence: {
      awaited: 'end of the scenario',
      afterMs: 14,
      console: [...text.map((line) => `[   11.597506][    T1] ${line}`), '[   11.597506] Kernel Offset: disabled'],
    },
    oracles: { ...noReports, splats: [splat] },
  };
  const silent = {
    reason: 'the guest hangs: no SSH login within 30 s',
    evidence: { awaited: 'SSH login', console: [''] },
  };
  const happened = { 'bpffs/a': boot, 'bpffs/b': boot, 'token/c': boot, 'token/panics': inCase, 'token/hangs': silent };
  const kernel = { id: 'one', spec: '6.12.57', version: '6.12.57+deb12-cloud-amd64', package: null };
  const results = Object.entries(happened).map(([name, more]): RunEvent => {
    const rerun = `npx kconform run ${name} --kernel 6.12.57`;
    const plain = {
      kernel,
      case: name,
      verdict: 'FAIL',
      durationMs: 5_500,
      observations: [],
      oracles: noReports,
      rerun,
    } as const;
    return { type: 'case-finished', kernel, console: '', transcript: '', result: { ...plain, ...more } };
  });
  return [...results, { type: 'run-finished', durationMs: 7_000, interrupted: false }];
}

describe('the terminal', () => {
  test('prints a piped run in plain lines', async () => {
    await expect(await printed()).toMatchFileSnapshot('golden/terminal.txt');
  });

  test('keeps progress on one line of a TTY, in colour', async () => {
    const text = await printed({ isTTY: true, columns: 60 });
    await expect(text.replaceAll('\u001b', '␛').replaceAll('\r', '␍')).toMatchFileSnapshot('golden/terminal-tty.txt');
  });

  test('prints no colour with NO_COLOR, and ends as a piped run does', async () => {
    const text = await printed({ isTTY: true }, { NO_COLOR: '1' });
    for (const code of ['0m', '1m', '2m', '31m', '32m']) expect(text).not.toContain(`\u001b[${code}`);
    const failures = (all: string) => all.slice(all.indexOf('\nFAIL bpffs/'));
    expect(failures(text)).toBe(failures(await printed()));
  });

  test('never lets an escape sequence of the guest through', async () => {
    expect(await printed()).not.toContain('\u001b');
  });

  test('leaves the kernel out of each line when there is but one', async () => {
    const events = sampleRun.map((event) =>
      event.type === 'run-started' ? { ...event, plan: { kernels: 1, cases: 6 } } : event,
    );
    expect(await printed({}, {}, events)).toMatch(/^PASS +bpffs\/mount-owner +612 ms {2}\[2 CPUs\]$/m);
  });

  test('prints a reason of several cases once, and no line of a splat twice', async () => {
    await expect(await printed({}, {}, panics())).toMatchFileSnapshot('golden/terminal-panics.txt');
  });

  test('says that a run was interrupted, and that nothing was judged', async () => {
    const events = [...sampleRun.slice(0, 1), { type: 'run-finished', durationMs: 900, interrupted: true } as const];
    expect(await printed({}, {}, events)).toContain('No case was judged in 900 ms; interrupted before the end\n');
  });
});
