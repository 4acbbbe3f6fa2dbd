import { describe, expect, test } from 'vitest';
import { type AskedSplat, answerOf, describeSplat, isSameSplat } from './asked-splat.ts';
import { quotedSplat } from './quoted-splat.ts';

const asked: AskedSplat = {
  kind: 'BUG',
  title: 'BUG: unable to handle page fault for address: ADDR',
  fingerprint: ['walk_one', 'walk_all', 'do_walk'],
};

describe('the splat of a report', () => {
  test.each([
    ['itself', asked, true],
    ['a caller is inlined', { ...asked, fingerprint: ['walk_one', 'do_walk', 'ksys_walk'] }, true],
    ['the stack is shorter', { ...asked, fingerprint: ['walk_one'] }, true],
    ['as KASAN makes it', { ...asked, kind: 'GPF', title: 'Oops: general protection fault, probably for …' }, true],
    ['in a caller', { ...asked, fingerprint: ['walk_all', 'do_walk'] }, false],
    ['in a helper, called by others', { ...asked, fingerprint: ['walk_one', 'a', 'b'] }, false],
    ['a warning at the same place', { ...asked, kind: 'WARNING', title: 'WARNING: at mm/walk.c walk_one' }, false],
    ['a failed assertion', { ...asked, title: 'kernel BUG at mm/walk.c!' }, false],
    ['without a stack', { ...asked, fingerprint: [] }, false],
  ] satisfies [string, AskedSplat, boolean][])('%s', (_, seen, isSame) => {
    expect(isSameSplat(asked, seen)).toBe(isSame);
    expect(isSameSplat(seen, asked)).toBe(isSame);
  });

  test('it is found among others, and another splat alone is not it', () => {
    const other = { ...asked, fingerprint: ['elsewhere'] };
    expect(answerOf(asked, [other, asked])).toBe('same');
    expect(answerOf(asked, [other])).toBe('another');
    expect(answerOf(asked, [])).toBe('none');
    expect(describeSplat(other)).toBe('BUG: unable to handle page fault for address: ADDR, in elsewhere');
  });
});

const LOG = [
  'BUG: unable to handle page fault for address: ffffc90000000ffb',
  '#PF: supervisor write access in kernel mode',
  'Oops: Oops: 0002 [#1] SMP NOPTI',
  'CPU: 0 UID: 0 PID: 117 Comm: repro Not tainted 6.16.0 #1 PREEMPT(voluntary)',
  'RIP: 0010:walk_one.isra.0+0x1f/0x2c0',
  'Call Trace:',
  ' <TASK>',
  ' ? srso_alias_return_thunk+0x5/0xfbef5',
  ' walk_all+0x9/0x20 mm/walk.c:12',
  ' __x64_sys_walk+0x9/0x20',
  ' </TASK>',
];

describe('a quoted splat is found', () => {
  test.each([
    ['as it is', (line: string) => line],
    ['behind >', (line: string) => `> ${line}`],
    ['behind >>', (line: string) => `> > ${line}`],
    ['indented', (line: string) => `    ${line}`],
    ['by a tab', (line: string) => `\t${line}`],
    ['with time stamps', (line: string) => `[   12.345678] ${line}`],
    ['with callers', (line: string) => `[   12.345678][  T117] ${line}`],
    ['by syslog', (line: string) => `Nov 30 12:00:00 host1 kernel: ${line}`],
    ['by syslog, with time stamps', (line: string) => `Nov 30 12:00:00 host1 kernel: [ 12.345678] ${line}`],
    ['with levels', (line: string) => `<4>[   12.345678] ${line}`],
    ['with CR LF', (line: string) => `${line}\r`],
  ])('%s', (_, written) => {
    expect(quotedSplat(['Hello,', '', ...LOG.map(written), '', 'Thanks'].join('\n'))).toEqual({
      kind: 'BUG',
      title: 'BUG: unable to handle page fault for address: ADDR',
      fingerprint: ['walk_one', 'walk_all', '__x64_sys_walk'],
    });
  });

  test.each([
    ['BUG: your driver is slow.\n\nNothing else is known.'],
    ['WARNING: this may eat your data'],
    [''],
    ['the stack is\n do_walk+0x1/0x2\n'],
  ])('none in prose: %j', (text) => {
    expect(quotedSplat(text)).toBeUndefined();
  });
});
