/** The console of net/reuseport_bpf on 6.12.118 with two CPUs under QEMU 7.2, shortened. */
import { expect, test } from 'vitest';
import { judge } from '../../expect/judge/judge.ts';
import { noReports } from '../../expect/outcome.ts';
import { readSplats } from '../../oracles/splats/splats.ts';
import { staleBreakpoint, withoutStale } from './stale-breakpoint.ts';

const CONSOLE = `[   19.104364] Oops: int3: 0000 [#1] PREEMPT SMP NOPTI
[   19.110574] CPU: 1 UID: 0 PID: 159 Comm: reuseport_bpf Not tainted 6.12.118+deb13-cloud-amd64 #1  Debian 6.12.118-1
[   19.111442] RIP: 0010:inet_ehashfn+0x33/0x120
[   19.113216] Code: 65 4c 8b 2c 25 28 00 00 00 4c 89 6c 24 08 45 89 c5 0f <1f> 44 00 00 41 8b 86 58 01 00 00
[   19.113520] RSP: 0018:ffffc900000fcc40 EFLAGS: 00000282
[   19.115175] Call Trace:
[   19.116950]  <IRQ>
[   19.118077]  __inet_lookup_established+0x48/0x190
[   19.118284]  tcp_v4_rcv+0x582/0x1360
[   19.122362]  </IRQ>
[   19.133131] ---[ end trace 0000000000000000 ]---
[   19.141016] Kernel panic - not syncing: Fatal exception in interrupt
`;

function oraclesOf(text: string) {
  return { ...noReports, splats: readSplats(text), taints: ['D'] };
}

test('a breakpoint that is not in memory any more is the fault of the emulation', () => {
  const oracles = oraclesOf(CONSOLE);
  const error = staleBreakpoint(oracles);
  expect(error).toMatchObject({
    code: 'KC_EMULATION',
    blame: 'host',
    message: 'an emulated CPU executed a breakpoint in inet_ehashfn that was no longer in memory',
  });
  if (error === undefined) return;
  const expectation = { kind: 'expectation', about: 'x', outcome: {} } as const;
  const outcome = { observations: undefined, oracles: withoutStale(oracles) };
  const judgement = judge({ expectation, outcome, error, kernel: { version: '6.12.118', config: null } });
  expect(judgement).toMatchObject({ verdict: 'ERROR', blame: 'host', reason: error.message });
});

test.each([
  ['a breakpoint that is in memory', CONSOLE.replace('c5 0f <1f>', 'c5 cc <1f>')],
  ['a report without its code', CONSOLE.replace(/^.*Code:.*\n/m, '')],
  ['another oops', CONSOLE.replace('int3', 'invalid opcode')],
  [
    'a warning before it',
    `[   18.000000] WARNING: CPU: 0 PID: 1 at net/core/dev.c:1 f+0x1/0x2\n[   18.000001] ---[ end trace 0 ]---\n${CONSOLE}`,
  ],
  ['no report', ''],
])('%s is not', (_, text) => {
  expect(staleBreakpoint(oraclesOf(text))).toBeUndefined();
});
