import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { noReports } from '../../expect/outcome.ts';
import type { CaseResult } from '../../run/events.ts';
import { decoded } from '../decoded.ts';
import { again, differs, factsOf, kernelNamed, resultOn, storedRun, WARNING } from '../evidence.test-support.ts';
import { storedCase } from '../stored-case.ts';
import { versionsOf } from '../versions.ts';
import { addresseesOf, readAddressees } from './addressees.ts';
import { historyOf } from './history.ts';
import { type ReportParts, reportMail } from './report-mail.ts';

const NAME = 'bpffs/delegate-options';
/** With file and line. */
const splat = { ...WARNING, text: [...WARNING.text.slice(0, -1), ' bpf_evict+0x1/0x2 (kernel/bpf/inode.c:700)'] };
const PEOPLE = readAddressees(
  [
    'A. Maintainer <a@example.org> (supporter:BPF [GENERAL] (Safe Dynamic Programs))',
    'B. Reviewer <b@example.org> (reviewer:BPF [GENERAL])',
    'bpf@example.org (open list:BPF [GENERAL])',
    'not an address',
  ].join('\n'),
);

async function mailFor(results: readonly CaseResult[], more: Partial<ReportParts> = {}): Promise<string> {
  const out = await storedRun(results, { console: 'Linux version 6.12\n' });
  const stored = await storedCase(out, undefined, undefined);
  await rm(out, { recursive: true });
  const versions = versionsOf(stored.all);
  const subject = versions.find(({ result }) => result === stored.subject.result);
  if (subject === undefined) throw new Error('the reported kernel is not among the versions');
  const { splats } = stored.subject.result.oracles;
  return reportMail({
    stored,
    versions,
    history: historyOf(versions, subject),
    kernel: factsOf(stored.subject.result.kernel),
    decoded: await decoded(splats.slice(0, 1), undefined),
    about: 'the options of a delegation are checked',
    knownBug: undefined,
    reproducer: {
      name: 'scenario.c',
      text: 'int main(void)\n{\n\treturn 1;\n}\n',
      kind: 'program',
      runs: true,
    },
    attachment: 'evidence.tar.zst',
    addressees: PEOPLE,
    from: 'C. Reporter <c@example.org>',
    commit: undefined,
    ...more,
  });
}

test('a regression within a stable branch, with a splat', async () => {
  const oracles = { ...noReports, splats: [splat, splat], taints: ['W'] };
  const results = [
    resultOn('6.12.43', NAME),
    resultOn('6.12.57', NAME, { verdict: 'ERROR', reason: 'the host had no memory' }),
    resultOn('6.12.69', NAME, { ...differs, oracles }),
  ];
  const text = await mailFor(results);
  await expect(text).toMatchFileSnapshot('golden/regression.txt');
  expect(text).toContain('\n#regzbot introduced: v6.12.43..v6.12.69\n');
});

test('a known bug whose fix is missing, on the oldest kernel that was tried', async () => {
  const bug = { title: 'the options are not checked', fix: '6c1752e0b6ca', fixedIn: ['6.12.60'], instead: {} };
  const failed = { ...differs, verdict: 'XFAIL', reason: bug.title, fix: '6c1752e0b6ca' } as const;
  const text = await mailFor([resultOn('6.12.43', NAME, failed), resultOn('6.12.69', NAME)], {
    knownBug: bug,
    addressees: { missing: 'no file is known' },
  });
  await expect(text).toMatchFileSnapshot('golden/known-bug.txt');
  expect(text).not.toContain('#regzbot');
});

test('what does not show in every run is called no regression', async () => {
  const racy = { ...differs, retries: [again('PASS'), again('FAIL')] };
  const text = await mailFor([resultOn('6.12.43', NAME), resultOn('6.12.57', NAME, racy)], { from: undefined });
  await expect(text).toMatchFileSnapshot('golden/race.txt');
  expect(text).not.toContain('#regzbot');
});

test('prose has at most 75 columns', async () => {
  const text = await mailFor([resultOn('6.12.43', NAME), resultOn('6.12.69', NAME, differs)]);
  const [, ...paragraphs] = text.split('\n\n');
  for (const line of paragraphs.join('\n').split('\n')) expect(line.length).toBeLessThanOrEqual(75);
});

test('a fix that a FAIL hints at is not called missing; a build of the same version is not called newer', async () => {
  const failed = { ...differs, fix: '6c1752e0b6ca' } as const;
  const kernel = { ...kernelNamed('6.12.69'), id: '6.12.69@1', spec: '6.12+debug', package: null };
  const results = [resultOn('6.12.69', NAME, failed), { ...resultOn('6.12.69', NAME), kernel }];
  const text = (await mailFor(results)).replaceAll(/\s+/g, ' ');
  expect(text).toContain(
    'The kernel behaves as if commit 6c1752e0b6ca were missing, although this version is declared to have it.',
  );
  expect(text).not.toMatch(/missing in this version|stable@vger/);
  expect(text).not.toContain('does not show it any more');
  expect(text).not.toContain('#regzbot');
});

test('a long reproducer is attached', async () => {
  const reproducer = { name: 'a.c', text: 'x;\n'.repeat(200), kind: 'program', runs: true } as const;
  const text = await mailFor([resultOn('6.12.69', NAME, differs)], { reproducer });
  expect(text).toContain('(a.c, 200 lines) is in the attached');
  expect(text).toContain('The attached program was run');
});

test('texts of results add no header and no line of their own', async () => {
  const evil = 'x\nBcc: evil@example.org\r\n#regzbot introduced: v1..v2';
  const text = await mailFor([
    resultOn('6.12.69', NAME, { verdict: 'FAIL', reason: evil, oracles: { ...noReports, taints: [evil] } }),
  ]);
  expect(text.split('\n\n')[0]).not.toMatch(/^Bcc/m);
  expect(text).not.toMatch(/^\s*#regzbot/m);
});

test.each<[string, CaseResult[], RegExp | [string, string]]>([
  ['no older kernel', [resultOn('6.12.69', NAME, differs)], /no older kernel was tried/],
  ['all older ones', [resultOn('6.12.43', NAME, differs), resultOn('6.12.69', NAME, differs)], /6.12.43, the oldest/],
  [
    'only undetermined ones',
    [resultOn('6.12.43', NAME, { verdict: 'SKIP' }), resultOn('6.12.69', NAME, differs)],
    /nothing could be said/,
  ],
  [
    'the last good one counts',
    [
      resultOn('6.12.43', NAME, differs),
      resultOn('6.12.57', NAME),
      resultOn('6.12.60', NAME, differs),
      resultOn('6.12.69', NAME, differs),
    ],
    ['6.12.57', '6.12.60'],
  ],
  [
    'another configuration',
    [
      { ...resultOn('6.12.43', NAME), kernel: { ...kernelNamed('6.12.43'), package: null, spec: './bzImage' } },
      resultOn('6.12.69', NAME, differs),
    ],
    /configured in another way/,
  ],
  [
    'a build of the same version is no older kernel',
    [
      { ...resultOn('6.12.69', NAME), kernel: { ...kernelNamed('6.12.69'), id: '6.12.69@1', package: null } },
      resultOn('6.12.69', NAME, differs),
    ],
    /no older kernel was tried/,
  ],
])('where it came from: %s', (_title, results, expected) => {
  const versions = versionsOf(results);
  const [subject] = versions.slice(-1);
  if (subject === undefined) throw new Error('no version');
  const { introduced } = historyOf(versions, subject);
  if (expected instanceof RegExp) expect(introduced).toEqual({ unknown: expect.stringMatching(expected) });
  else expect('good' in introduced && [introduced.good.label, introduced.bad.label]).toEqual(expected);
});

test('maintainers are addressed, reviewers and lists get a copy', async () => {
  expect(PEOPLE).toEqual({
    to: ['A. Maintainer <a@example.org>'],
    cc: ['B. Reviewer <b@example.org>', 'bpf@example.org'],
  });
  const folder = await mkdtemp(join(tmpdir(), 'kc-tree-'));
  expect(await addresseesOf(folder, ['kernel/bpf/inode.c'])).toEqual({
    missing: expect.stringContaining('no scripts/get_maintainer.pl'),
  });
  await rm(folder, { recursive: true });
});

test('runs that could not be judged do not count', async () => {
  const one = await mailFor([resultOn('6.12.69', NAME, { ...differs, retries: [again('ERROR')] })]);
  expect(one).not.toContain('It showed the bug in');
  const two = await mailFor([resultOn('6.12.69', NAME, { ...differs, retries: [again('ERROR'), again('PASS')] })]);
  expect(two).toContain('It showed the bug in 1 of 2 runs.');
});

const built612 = (version: string): CaseResult => ({
  ...resultOn(version, NAME, differs),
  kernel: { ...kernelNamed(version), version, package: null, spec: version },
});

test.each([
  ['6.12.69', 'Mainline was not tried.'],
  ['6.13.0-rc3', undefined],
])('what is said of mainline and of a configuration that is not known: %s', async (version, mainline) => {
  const result = built612(version);
  const kernel = factsOf(result.kernel, { package: undefined, config: undefined });
  const text = (await mailFor([result], { kernel })).replaceAll('\n', ' ');
  expect(text).toContain('No other kernel was tried.');
  expect(text.includes('Mainline was not tried.')).toBe(mainline !== undefined);
  expect(text).toContain('The configuration of the kernel is not known.');
  expect(text).not.toContain('configuration is attached');
  expect(text).toContain('Attached: evidence.tar.zst, with scripts that run it and the console.');
});

test('a result that was kept is not called an earlier run', async () => {
  const kept = resultOn('6.12.43', NAME, { reused: { at: '2026-11-01T00:00:00Z' } });
  expect(await mailFor([kept, resultOn('6.12.69', NAME, differs)])).not.toContain('earlier run');
});
