import { expect, test } from 'vitest';
import { noReports } from '../../expect/outcome.ts';
import type { CaseResult } from '../../run/events.ts';
import { kernelNamed, resultOn } from '../evidence.test-support.ts';
import { markOthers, versionLines, versionsOf } from '../versions.ts';
import { historyOf, rangeOf } from './history.ts';

const NAME = 'epoll/zero';

function failing(path: string): Partial<CaseResult> {
  return { verdict: 'FAIL', observations: [{ path, verdict: 'FAIL', expected: '0', observed: '1' }] };
}

function splatting(frame: string): Partial<CaseResult> {
  const title = `WARNING: at ${frame}`;
  const splat = { kind: 'WARNING', title, fingerprint: [frame], at: 1, state: 'whole', text: [] } as const;
  return { verdict: 'FAIL', oracles: { ...noReports, splats: [splat] } };
}

/** @param reported place of the result that is reported */
function toldOf(results: readonly CaseResult[], reported: number) {
  const [subject] = results.slice(reported);
  if (subject === undefined) throw new Error('no result');
  const versions = versionsOf(markOthers(results, subject));
  const [version] = versions.slice(reported);
  if (version === undefined) throw new Error('no version');
  return { ...historyOf(versions, version), lines: versionLines(versions, 60) };
}

test('a race that did not show is unknown before and after', () => {
  const race = { attempts: 4 };
  const told = toldOf(
    [
      resultOn('6.12.43', NAME, { race }),
      resultOn('6.12.57', NAME, { ...failing('missed'), race: { attempts: 1 } }),
      resultOn('6.12.69', NAME, { race }),
    ],
    1,
  );
  const why = (label: string) => `it is a race, and a race that does not show proves nothing (${label}: 4 attempts)`;
  expect(told).toMatchObject({ introduced: { unknown: why('6.12.43') }, gone: undefined, notGone: why('6.12.69') });
  expect(told.lines).toEqual([
    expect.stringMatching(/^6.12.43 +unknown \(a race; 4 attempts\)$/),
    expect.stringMatching(/^6.12.57 +shows it \(a race; 1 attempt\) +missed: 1$/),
    expect.stringMatching(/^6.12.69 +unknown \(a race; 4 attempts\)$/),
  ]);
});

test.each<[string, Partial<CaseResult>, Partial<CaseResult>]>([
  ['observation', failing('uid'), failing('gid')],
  ['splat', splatting('bpf_evict'), splatting('vfs_read')],
])('another wrong %s is not the bug', (_, own, other) => {
  const results = [resultOn('6.12.43', NAME), resultOn('6.12.57', NAME, other), resultOn('6.12.69', NAME, own)];
  const told = toldOf(results, 2);
  expect(told.lines[1]).toContain('unknown (fails in another way)');
  expect('good' in told.introduced && [told.introduced.good.label, told.introduced.bad.label]).toEqual([
    '6.12.43',
    '6.12.69',
  ]);
  const [line] = versionLines(versionsOf(markOthers(results.slice(1), resultOn('6.12.43', NAME))), 60);
  expect(line).toMatch(/^6.12.57 +shows it/);
  const same = toldOf([resultOn('6.12.43', NAME), resultOn('6.12.57', NAME, own), resultOn('6.12.69', NAME, own)], 2);
  expect('good' in same.introduced && same.introduced.bad.label).toBe('6.12.57');
});

test('a later kernel of another configuration does not prove that the bug is gone', () => {
  const kernel = { ...kernelNamed('6.12.69'), package: null, spec: './bzImage' };
  const results = [resultOn('6.12.57', NAME, failing('uid')), { ...resultOn('6.12.69', NAME), kernel }];
  const told = toldOf(results, 0);
  expect(told.gone).toBeUndefined();
  expect(told.notGone).toMatch(/may be configured in another way than/);
  expect(toldOf([...results, resultOn('6.12.70', NAME)], 0).gone?.label).toMatch(/^6.12.70/);
});

test.each([
  ['6.12.43', 'v6.12.43..v6.12.69'],
  ['6.1.158', 'v6.1..v6.12'],
])('a regression since %s is %s for regzbot', (good, range) => {
  const { introduced } = toldOf([resultOn(good, NAME), resultOn('6.12.69', NAME, failing('uid'))], 1);
  expect('good' in introduced && rangeOf(introduced)).toBe(range);
});

test('a repetition that could not be judged is no run without the bug', () => {
  const own = failing('uid');
  const retry = { isolation: 'clone', verdict: 'ERROR', durationMs: 1, observations: [], oracles: noReports } as const;
  const [version] = versionsOf([resultOn('6.12.69', NAME, { ...own, retries: [retry] })]);
  expect(version).toMatchObject({ runs: 1, hits: 1 });
});
