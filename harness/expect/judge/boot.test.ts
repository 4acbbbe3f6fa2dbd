import { expect, test } from 'vitest';
import { noReports, type OracleReports, type Splat } from '../outcome.ts';
import { BOOTED, type BootDeclarations, bootFaults, judgeBoot } from './boot.ts';

const splat: Splat = {
  kind: 'WARNING',
  title: 'WARNING: at arch/x86/kernel/cpu/bugs.c:1 check_bugs',
  fingerprint: ['check_bugs'],
  at: 0.5,
  state: 'whole',
  text: ['WARNING: CPU: 0 PID: 0 at arch/x86/kernel/cpu/bugs.c:1 check_bugs+0x1/0x2'],
};
const bug = {
  title: 'bugs.c warns',
  fix: '0123456789ab',
  fixedIn: ['6.12.60', '6.17.4', '6.18'],
  splats: [{ kind: 'WARNING', frame: 'check_bugs' }],
};

function boot(version: string, declared: BootDeclarations, reports: Partial<OracleReports>, spec = '6.12') {
  const outcome = { observations: BOOTED, oracles: { ...noReports, ...reports } };
  return judgeBoot({ declared, spec, outcome, kernel: { version, config: null } });
}

test('a clean boot passes; an undeclared splat, taint or warning of the boot is a FAIL of the kernel', () => {
  expect(boot('6.12.57', {}, {}).verdict).toBe('PASS');
  expect(boot('6.12.57', {}, { splats: [splat], taints: ['W'] })).toMatchObject({
    verdict: 'FAIL',
    blame: 'kernel',
    reason: `splat: ${splat.title}`,
  });
  expect(boot('6.12.57', {}, { taints: ['O'] })).toMatchObject({ verdict: 'FAIL', reason: 'new taint: O' });
  expect(boot('6.12.57', {}, { counters: ['warn_count rose by 1'] }).verdict).toBe('FAIL');
});

test('a declared splat is XFAIL before its fix, FAIL after it, and XPASS where it does not show', () => {
  const declared = { knownBugs: [bug] };
  expect(boot('6.12.57', declared, { splats: [splat], taints: ['W'] })).toMatchObject({
    verdict: 'XFAIL',
    fix: bug.fix,
    oracles: { taints: ['W'] },
  });
  expect(boot('6.12.60', declared, { splats: [splat], taints: ['W'] }).verdict).toBe('FAIL');
  expect(boot('6.12.57', declared, {}).verdict).toBe('XPASS');
  expect(boot('6.12.60', declared, {}).verdict).toBe('PASS');
});

test('a bug that is declared for other kernels says nothing here', () => {
  const declared = { knownBugs: [{ ...bug, kernels: ['./bzImage'] }] };
  expect(boot('6.12.57', declared, {}).verdict).toBe('PASS');
  expect(boot('6.12.57', declared, { splats: [splat] }).verdict).toBe('FAIL');
  expect(boot('6.12.57', declared, { splats: [splat] }, './bzImage').verdict).toBe('XFAIL');
});

test('declared taints are allowed: of modules always, of a bug where its splat shows', () => {
  expect(boot('6.12.57', { taints: ['O', 'E'] }, { taints: ['O', 'E'] })).toMatchObject({
    verdict: 'PASS',
    oracles: { taints: ['O', 'E'] },
  });
  const declared = { knownBugs: [{ ...bug, taints: ['S'] }] };
  expect(boot('6.12.57', declared, { splats: [splat], taints: ['W', 'S'] }).verdict).toBe('XFAIL');
  expect(boot('6.12.60', declared, { taints: ['S'] }).verdict).toBe('FAIL');
});

test('a boot that could not be read is no pass, and what it shows against the kernel still counts', () => {
  const unavailable = { splats: 'no console', kmemleak: 'not looked for' };
  expect(boot('6.12.57', {}, { unavailable })).toMatchObject({ verdict: 'ERROR', blame: 'harness' });
  expect(boot('6.12.57', {}, { unavailable, taints: ['D'] }).verdict).toBe('FAIL');
});

test('declarations that would hide anything, or name no version, are faults', () => {
  expect(bootFaults({ knownBugs: [bug] })).toEqual([]);
  expect(bootFaults({ knownBugs: [{ ...bug, splats: [{ kind: 'WARNING' }] }] })).toHaveLength(1);
  expect(bootFaults({ knownBugs: [{ ...bug, fixedIn: ['6.12.x'] }] })).not.toEqual([]);
});
