import { expect, test } from 'vitest';
import { parseChangelog } from '../../harness/kernels/debian/changelog.ts';
import type { Audited } from '../../harness/series/audit.ts';
import type { FixState } from '../../harness/series/shown.ts';
import { checkAudit } from './disagreements.ts';
import { EXPLAINED, explanationOf } from './explained.ts';

const FIX = 'futex: Require identical flags';
const CVE = 'CVE-2026-31554';
const changelog = (...titles: readonly [string, string][]) => ({
  entries: titles.flatMap(([version, title]) =>
    parseChangelog(
      `linux (${version}-1) trixie; urgency=high\n\n  * New upstream stable update:\n    https://x/ChangeLog-${version}\n    - ${title}\n`,
    ),
  ),
});
const kernel = (number: string) => ({
  id: number,
  spec: number,
  version: `${number}+deb13-cloud-amd64`,
  package: `linux-image-${number}+deb13-cloud-amd64=${number}-1`,
});
const audited = (state: FixState, fixedIn: readonly string[] = ['6.12.80'], commit = FIX): Audited => ({
  commit,
  area: 'futex',
  fixes: true,
  cve: [CVE],
  fixedIn,
  state,
  witnesses: [{ case: 'futex/a', state }],
});
const LOG = changelog(['6.12.90', 'x: y'], ['6.12.80', `${FIX} (${CVE})`]);

const told = (number: string, one: Audited, log = LOG) => {
  const { disagreements, compared } = checkAudit(kernel(number), [one], log);
  return [compared, ...disagreements.map(({ what }) => what)];
};

test.each<[string, string, Audited, ReturnType<typeof changelog>, (number | string)[]]>([
  ['has it since', '6.12.80', audited('has'), LOG, [1]],
  ['lacks it before', '6.12.79', audited('lacks'), LOG, [1]],
  [
    'has it too early',
    '6.12.79',
    audited('has'),
    LOG,
    [1, '6.12.79+deb13-cloud-amd64 has it, by futex/a; the changelog lists it in 6.12.80'],
  ],
  [
    'lacks it still',
    '6.12.118',
    audited('lacks'),
    LOG,
    [1, '6.12.118+deb13-cloud-amd64 lacks it, by futex/a; the changelog lists it in 6.12.80'],
  ],
  [
    'another version is declared',
    '6.12.118',
    audited('has', ['6.12.79']),
    LOG,
    [1, 'the case says 6.12.79; the changelog lists it in 6.12.80'],
  ],
  [
    'no version is declared',
    '6.12.118',
    audited('has', ['7.2']),
    LOG,
    [1, 'the changelog lists it in 6.12.80; fixedIn of the case does not name 6.12'],
  ],
  [
    'a version is declared that is not listed',
    '6.12.79',
    audited('lacks'),
    changelog(),
    [1, 'the case says 6.12.80; the changelog does not list it'],
  ],
  ['fixed nowhere in the branch', '6.12.118', audited('lacks', ['7.2']), changelog(), [1]],
  ['older than the branch', '6.12.57', audited('has', ['6.11']), changelog(), [1]],
  ['as old as the branch', '6.12.57', audited('has', ['6.12']), changelog(), [1]],
  [
    'a stable release of an older branch has it, and this branch does not',
    '6.12.57',
    audited('has', ['6.6.30', '6.13']),
    changelog(),
    [1, '6.12.57+deb13-cloud-amd64 has it, by futex/a; the changelog does not list it'],
  ],
  [
    'two versions are declared, one of them wrong',
    '6.12.118',
    audited('has', ['6.12.80', '6.12.79']),
    LOG,
    [1, 'the case says 6.12.79; the changelog lists it in 6.12.80'],
  ],
  [
    'the changelog gives it a number that no case names',
    '6.12.118',
    { ...audited('has'), cve: ['CVE-2026-1111'] },
    LOG,
    [1, 'the changelog gives it CVE-2026-31554; no case does'],
  ],
  ['a number of later than the changelog', '6.12.79', { ...audited('lacks'), cve: [CVE, 'CVE-2026-9'] }, LOG, [1]],
  ['undetermined', '6.12.118', audited('unknown'), LOG, [0]],
  ['a hash', '6.12.118', audited('has', [], '0123456789ab'), LOG, [0]],
  [
    'a hash whose title is known',
    '6.12.53',
    audited('has', ['6.12.54'], 'ee04cff9ed4d'),
    changelog(['6.12.54', 'bpf: Avoid RCU context warning when unpinning htab with internal structs']),
    [1, '6.12.53+deb13-cloud-amd64 has it, by futex/a; the changelog lists it in 6.12.54'],
  ],
  ['reverted', '6.12.118', audited('lacks'), changelog(['6.12.90', `Revert "${FIX}"`], ['6.12.80', FIX]), [1]],
])('%s', (_, number, one, log, expected) => expect(told(number, one, log)).toEqual(expected));

test('an explanation is for kernels before a version that behave as with the fix, and for nothing else', () => {
  const [commit = ''] = Object.keys(EXPLAINED);
  const disagreement = { commit, kind: 'has', cases: [], what: '' } as const;
  expect(explanationOf(disagreement, kernel('6.12.57'))).toMatch(/the same release/);
  expect(explanationOf(disagreement, kernel('6.12.112'))).toBeUndefined();
  expect(explanationOf({ ...disagreement, kind: 'lacks' }, kernel('6.12.57'))).toBeUndefined();
  expect(explanationOf({ ...disagreement, kind: 'declared' }, kernel('6.12.57'))).toBeUndefined();
  expect(explanationOf({ ...disagreement, commit: FIX }, kernel('6.12.57'))).toBeUndefined();
});
