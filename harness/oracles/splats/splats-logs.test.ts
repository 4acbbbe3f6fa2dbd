import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readSplats } from './splats.ts';

/** What ci/splat-logs.ts made our own guests say, by the name of the log: kind, beginning of the title, first own frame of each. */
const LOGS: Readonly<Record<string, readonly (readonly [kind: string, title: string, frame?: string])[]>> = {
  'array-bounds': [['UBSAN', 'UBSAN: array-index-out-of-bounds in bugs.c', 'lkdtm_ARRAY_BOUNDS']],
  bug: [['BUG', 'kernel BUG at drivers/misc/lkdtm/bugs.c!', 'lkdtm_BUG']],
  crash: [['panic', 'Kernel panic - not syncing: sysrq triggered crash', 'sysrq_handle_crash']],
  'exec-data': [['Oops', 'kernel tried to execute NX-protected page', 'lkdtm_EXEC_DATA']],
  'hung-task': [['hung task', 'INFO: task sh blocked', 'lkdtm_HUNG_TASK']],
  'list-add': [['list corruption', 'list_add corruption. next->prev should be prev', 'lkdtm_CORRUPT_LIST_ADD']],
  'list-del': [['list corruption', 'list_del corruption. next->prev should be', 'lkdtm_CORRUPT_LIST_DEL']],
  'null-dereference': [['BUG', 'BUG: kernel NULL pointer dereference, address: ADDR', 'lkdtm_EXCEPTION']],
  'out-of-memory': [['OOM', 'invoked oom-killer', '__folio_alloc_noprof']],
  'out-of-bounds': [
    ['KASAN', 'BUG: KASAN: slab-out-of-bounds in lkdtm_SLAB_LINEAR_OVERFLOW', 'lkdtm_SLAB_LINEAR_OVERFLOW'],
  ],
  panic: [['panic', 'Kernel panic - not syncing: dumptest', 'lkdtm_PANIC']],
  refcount: [['refcount', 'refcount_t: decrement hit 0; leaking memory', 'lkdtm_REFCOUNT_DEC_NEGATIVE']],
  'soft-lockup': [['lockup', 'watchdog: BUG: soft lockup', 'lkdtm_SOFTLOCKUP']],
  'spin-lock-kept': [
    ['atomic', 'BUG: scheduling while atomic', 'syscall_exit_to_user_mode'],
    ['lockdep', '[ BUG: Invalid wait context ]', '__rseq_handle_notify_resume'],
    ['RCU stall', 'rcu: INFO: rcu_sched detected stalls on CPUs/tasks'],
    ['lockup', 'watchdog: BUG: soft lockup', 'queued_spin_lock_slowpath'],
  ],
  'stack-overflow': [
    ['stack overflow', 'BUG: TASK stack guard page was hit', 'recursive_loop'],
    ['panic', 'Kernel panic - not syncing: Fatal exception in interrupt'],
  ],
  'use-after-free': [['KASAN', 'BUG: KASAN: slab-use-after-free in lkdtm_READ_AFTER_FREE', 'lkdtm_READ_AFTER_FREE']],
  'write-read-only': [['BUG', 'BUG: unable to handle page fault for address: ADDR', 'lkdtm_WRITE_RO']],
  warning: [['WARNING', 'WARNING: at drivers/misc/lkdtm/bugs.c lkdtm_WARNING', 'lkdtm_WARNING']],
};

const FOLDER = new URL('logs/', import.meta.url);
const logs = readdirSync(FOLDER).map((file) => ({
  name: file.replace(/\.log$/, ''),
  log: readFileSync(new URL(file, FOLDER), 'utf8'),
}));

const facts = (log: string) => readSplats(log).map(({ kind, title, fingerprint }) => ({ kind, title, fingerprint }));
const withoutTimes = (log: string) => log.replaceAll(/^\[ *\d+\.\d+\](\[ *[TC]\d+\])? /gm, '');
const withoutCallers = (log: string) => log.replaceAll(/^(\[ *\d+\.\d+\])\[ *[TC]\d+\]/gm, '$1');

test('each log that is here is expected', () => {
  expect(logs.map(({ name }) => name).sort()).toEqual(Object.keys(LOGS).sort());
});

describe.each(logs)('$name', ({ name, log }) => {
  test('is read as what was provoked', () => {
    const all = LOGS[name] ?? [];
    const expected = all.map(([kind, title, frame], index) =>
      expect.objectContaining({
        kind,
        title: expect.stringContaining(title),
        // Of a long log the first lines are kept; the stack of an out-of-memory report is among them.
        state: index + 1 === all.length && log.includes(', the first ') && kind !== 'OOM' ? 'cut off' : 'whole',
        fingerprint: frame === undefined ? expect.anything() : expect.arrayContaining([frame]),
      }),
    );
    expect(readSplats(log)).toEqual(expected);
  });

  test('reads the same without time stamps, without callers, with CRLF', () => {
    for (const changed of [withoutTimes(log), withoutCallers(log), log.replaceAll('\n', '\r\n')])
      expect(facts(changed)).toEqual(facts(log));
  });

  test('cut off after any line, it has the reports that had begun, and no others', () => {
    const lines = log.split('\n');
    const whole = readSplats(log).map(({ kind, title }) => ({ kind, title }));
    for (let end = 0; end <= lines.length; end++) {
      const begun = readSplats(lines.slice(0, end).join('\n')).map(({ kind, title }) => ({ kind, title }));
      expect(whole.slice(0, begun.length)).toEqual(begun);
    }
  });

  test('cut off within a line, at either end, it is read without throwing', () => {
    for (let at = 0; at < log.length; at += 97) {
      expect(Array.isArray(readSplats(log.slice(0, at)))).toBe(true);
      expect(Array.isArray(readSplats(log.slice(at)))).toBe(true);
    }
  });
});

/** Two logs a line of each in turn, as two CPUs print them. */
function interleave(first: string, second: string): string {
  const [a, b] = [first.split('\n'), second.split('\n')];
  return Array.from({ length: Math.max(a.length, b.length) }, (_, index) => [a[index], b[index]])
    .flat()
    .filter((line) => line !== undefined)
    .join('\n');
}

describe('two reports printed at the same time', () => {
  const logOf = (name: string) => logs.find((one) => one.name === name)?.log ?? '';
  const [bug, warning] = [logOf('bug'), logOf('warning').replaceAll(/\[ *[TC]\d+\] /g, '[   T91] ')];

  test('are separated if each line has its caller', () => {
    const both = facts(interleave(bug, warning));
    expect(both).toHaveLength(2);
    expect(both).toEqual(expect.arrayContaining([...facts(bug), ...facts(warning)]));
  });

  test('are marked where none does', () => {
    const later = `${'[   22.0] quiet\n'.repeat(4)}${withoutCallers(warning)}`;
    const both = readSplats(interleave(withoutCallers(bug), later)).filter(({ kind }) => kind !== 'Oops');
    expect(both).toEqual([
      expect.objectContaining({ kind: 'BUG', state: 'interleaved' }),
      expect.objectContaining({ kind: 'WARNING', state: 'interleaved' }),
    ]);
  });
});

/** The same bytes at each run. */
function noise(length: number): string {
  const bytes = Buffer.alloc(length);
  for (let index = 0, state = 1; index < length; index++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    bytes[index] = state >>> 16;
  }
  return bytes.toString('latin1');
}

test('10 MB of noise around them and of what else consoles say changes nothing', { timeout: 300_000 }, () => {
  const chatter = '[   12.345678][    T1] usb 1-1: new high-speed USB device number 2 using xhci_hcd\n'.repeat(60_000);
  const all = logs.map(({ log }) => log);
  const noisy = [noise(5_000_000), chatter, ...all.flatMap((log) => [log, chatter.slice(0, 40_000)])].join('\n');
  expect(noisy.length).toBeGreaterThan(10_000_000);
  expect(facts(noisy)).toEqual(all.flatMap(facts));
});
