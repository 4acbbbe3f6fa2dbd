import { describe, expect, test } from 'vitest';
import type { RunEvent } from '../run/events.ts';
import { replay, sampleRun } from './sample-run.ts';
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

describe('the terminal', () => {
  test('tells a piped run in plain lines', async () => {
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
    expect(await printed({}, {}, events)).toMatch(/^PASS +bpffs\/mount-owner +612 ms$/m);
  });

  test('says that a run was interrupted, and that nothing was judged', async () => {
    const events = [...sampleRun.slice(0, 1), { type: 'run-finished', durationMs: 900, interrupted: true } as const];
    expect(await printed({}, {}, events)).toContain('No case was judged in 900 ms; interrupted before the end\n');
  });
});
