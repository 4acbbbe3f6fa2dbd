import { describe, expect, test } from 'vitest';
import { KconformError } from '../../errors/error.ts';
import { noReports, type OracleReports } from '../../expect/outcome.ts';
import type { ScenarioRun } from '../../run/case/observe.ts';
import { exitCodeOfRuns, findingOf, printAttempt, printTally } from './attempt.ts';

function seen(
  observations: { [name: string]: string | number | null } | undefined,
  reports: Partial<OracleReports> = {},
  failure?: KconformError,
): ScenarioRun {
  return { console: '', failure, outcome: { observations, oracles: { ...noReports, ...reports } } };
}

const ended = (exitCode: number | null, signal: string | null = null) => ({ exitCode, signal, output: '' });
const tap = (output: string, exitCode: number) => ({ ...ended(exitCode), output: `TAP version 13\n${output}` });
const failure = (blame: 'kernel' | 'case' | 'host') => new KconformError('it fell', { code: 'KC_BUG', blame });

describe('what repro makes of the end of a scenario', () => {
  test.each([
    ['exit code 0', seen(ended(0)), 'nothing', 'nothing suspicious'],
    ['another exit code', seen(ended(3)), 'failed', 'the scenario failed: exit code 3'],
    ['a signal', seen(ended(null, 'SIGSEGV')), 'failed', 'SIGSEGV ended the scenario'],
    ['stopped by its own time', seen({ ...ended(null), stoppedAfterMs: 15_000 }), 'nothing', 'nothing suspicious'],
    ['a missing program', seen(ended(127)), 'unknown', 'a program could not be started: exit code 127'],
    ['a program that cannot be run', seen(ended(126)), 'unknown', 'a program could not be started: exit code 126'],
    ['a taint with exit code 1', seen(ended(1), { taints: ['W'] }), 'misbehaved', 'the kernel misbehaved'],
    ['a taint with exit code 127', seen(ended(127), { taints: ['W'] }), 'misbehaved', 'the kernel misbehaved'],
    ['a panic', seen(undefined, {}, failure('kernel')), 'misbehaved', 'the kernel misbehaved: it fell'],
    ['a fault of the case', seen(undefined, {}, failure('case')), 'unknown', 'undetermined: it fell'],
    ['a fault of the host', seen(ended(1), {}, failure('host')), 'unknown', 'undetermined: it fell'],
    [
      'a blind oracle',
      seen(ended(0), { unavailable: { splats: 'why' } }),
      'unknown',
      'the splats oracle could not look',
    ],
    ['a need', { console: '', unmet: 'needs X' } satisfies ScenarioRun, 'unknown', 'needs X'],
    [
      'a failed subtest with exit code 0',
      seen(tap('1..2\nok 1 a\nnot ok 2 b # why', 0)),
      'failed',
      '1 of 2 subtests failed: b',
    ],
    ['a failed subtest', seen(tap('1..2\nok 1 a\nnot ok 2 b', 1)), 'failed', '1 of 2 subtests failed: b'],
    ['output that is cut', seen(tap('1..2\nok 1 a', 0)), 'failed', 'the scenario failed: the plan says 2 subtests'],
    ['a skip', seen(tap('1..0 # SKIP no root', 4)), 'skipped', 'skipped: no root'],
    [
      'exit code 4 of a plain program',
      seen({ ...ended(4), output: 'skipping' }),
      'failed',
      'the scenario failed: exit code 4',
    ],
    ['a skip beside a taint', seen(tap('1..0 # SKIP', 4), { taints: ['W'] }), 'misbehaved', 'the kernel misbehaved'],
    [
      'subtests that pass',
      seen(tap('1..2\nok 1 a\nok 2 b # SKIP', 0)),
      'nothing',
      'nothing suspicious (subtests: 1 pass, 1 skip)',
    ],
    [
      'a broken test of LTP',
      seen({ ...ended(2), output: 'a 1 TBROK: no room' }),
      'unknown',
      'undetermined: 1 of 1 subtest failed: a 1',
    ],
    ['a header and exit code 127', seen(tap('1..1', 127)), 'unknown', 'a program could not be started: exit code 127'],
    ['an exitCode that TypeScript observes', seen({ exitCode: 1 }), 'nothing', 'nothing suspicious'],
  ] as const)('%s', (_, one, finding, headline) => {
    expect(findingOf(one)).toBe(finding);
    expect(printAttempt('6.12', one, undefined).split('\n')[0]).toContain(`6.12: ${headline}`);
  });

  test('problems and subtests that did not pass are listed', () => {
    const text = printAttempt(
      '6.12',
      seen(tap('1..4\nok 1 a\nnot ok 2 b # why\nok 3 c # SKIP no device', 1)),
      undefined,
    );
    expect(text.split('\n').slice(-4, -1)).toEqual([
      '  problem: the plan says 4 subtests, 3 have a result (4)',
      '  fail  b  why',
      '  skip  c  no device',
    ]);
  });

  test('several runs are counted by what they say', () => {
    const all = [seen(ended(0)), seen(ended(1)), seen(ended(127)), seen(ended(0), { taints: ['W'] })];
    expect(printTally('6.12', all)).toBe(
      '6.12: 1 of 4 runs made the kernel misbehave, 1 failed by themselves, 1 undetermined\n',
    );
  });
});

describe('when the question is the splat of a report', () => {
  const asked = { kind: 'WARNING', title: 'WARNING: at a.c f', fingerprint: ['f', 'g'] };
  const splat = { ...asked, at: 1, state: 'whole', text: ['WARNING: CPU: 0 PID: 1 at a.c:1 f'] } as const;
  const other = { ...splat, title: 'WARNING: at b.c h', fingerprint: ['h'] } as const;

  test.each([
    ['it came', seen(ended(0), { splats: [other, splat] }), 1, 'reproduced the splat of the report: WARNING: at a.c f'],
    ['it killed the program', seen(undefined, { splats: [splat] }, failure('case')), 1, 'reproduced the splat'],
    ['nothing came', seen(ended(0)), 0, 'not reproduced: without the splat of the report'],
    [
      'another came',
      seen(ended(0), { splats: [other] }),
      2,
      'undetermined: another splat: WARNING: at b.c h, in h. It',
    ],
    ['the program failed', seen(ended(1)), 2, 'undetermined: the scenario failed: exit code 1, without the splat'],
    ['a program is missing', seen(ended(127)), 2, 'undetermined: a program could not be started'],
    [
      'the guest hung',
      seen(undefined, {}, failure('kernel')),
      2,
      'undetermined: the kernel misbehaved (it fell) without',
    ],
    ['the host failed', seen(undefined, {}, failure('host')), 2, 'undetermined: it fell'],
    ['a taint', seen(ended(0), { taints: ['W'] }), 2, 'undetermined: the kernel misbehaved in another way'],
    ['an oracle was blind', seen(ended(0), { unavailable: { splats: 'why' } }), 2, 'the splats oracle could not look'],
    ['it was skipped', seen(tap('1..0 # SKIP no root', 4)), 2, 'skipped: no root'],
  ] as const)('%s', (_, one, exitCode, words) => {
    const run = { ...one, asked };
    expect(exitCodeOfRuns([run])).toBe(exitCode);
    expect(printAttempt('6.12', run, undefined).split('\n')[0]).toContain(`6.12: ${words}`);
  });

  test('several runs are counted by it', () => {
    const all = [seen(ended(0), { splats: [splat] }), seen(ended(0), { splats: [other] }), seen(ended(1))];
    expect(
      printTally(
        '6.12',
        all.map((one) => ({ ...one, asked })),
      ),
    ).toBe(
      '6.12: 1 of 3 runs reproduced the splat of the report, 1 made it misbehave in another way, 1 undetermined\n',
    );
  });
});
