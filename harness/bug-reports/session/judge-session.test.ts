import { describe, expect, test } from 'vitest';
import type { Command } from '../text/commands.ts';
import { judgeSession } from './judge-session.ts';
import { type CommandRun, needsBash, readSession, sessionScript } from './session-script.ts';

/** A command, what the report shows of it, what it printed, and its status. */
type Line = readonly [text: string, report: string | undefined, printed: string, status?: number | undefined];

const command = (text: string, report?: string): Command => ({
  text,
  printed: report?.split('\n'),
  isCut: false,
  isOrdinary: false,
  line: 1,
});
const run = ([text, report, printed, ...status]: Line): CommandRun => ({
  command: command(text, report),
  printed: printed === '' ? [] : printed.split('\n'),
  status: status.length === 0 ? 0 : status[0],
});
const SETUP: Line = ['mount -t tmpfs none /mnt', undefined, ''];

/** What it is, the commands, the status, and its reason. */
const ANSWERS: readonly [string, readonly Line[], string, RegExp | undefined][] = [
  ['the same', [SETUP, ['cat x', 'bad', 'bad']], 'fail', /^reproduced: "cat x" prints what/],
  ['blanks apart', [['cat x', 'a  b \n', ' a b']], 'fail', /^reproduced/],
  ['addresses apart', [['cat x', 'at 0xffff888012345678', 'at 0xffff8880abcdef01']], 'fail', /^reproduced/],
  ['with a remark', [['cat x', '1 <--- should be 2', '1']], 'fail', /^reproduced/],
  ['with lines left out', [['cat x', 'a\n[...]\nd', 'a\nb\nc\nd']], 'fail', /^reproduced/],
  [
    'another',
    [SETUP, ['cat x', 'bad', 'good']],
    'pass',
    /^not reproduced: "cat x" prints "good", the report shows "bad"/,
  ],
  ['nothing', [['cat x', 'bad', '']], 'pass', /^not reproduced/],
  ['other numbers', [['cat x', 'size=1024k', 'size=2048k']], 'broken', /^only numbers differ/],
  [
    'the same error',
    [['x', 'x: Invalid argument', 'mounting x failed: Invalid argument', 1]],
    'fail',
    /fails as in the report \(EINVAL\)/,
  ],
  ['the same error by name', [['x', 'ioctl: EBUSY', 'x: Device or resource busy', 1]], 'fail', /\(EBUSY\)/],
  ['the same words without an error', [['x', 'cannot enable swap', 'cannot enable swap', 32]], 'fail', /^reproduced/],
  ['no error any more', [['x', 'x: Invalid argument', '', 0]], 'pass', /^not reproduced/],
  ['another error', [['x', 'x: Inappropriate ioctl for device', 'x: No such process', 1]], 'pass', /^not reproduced/],
  [
    'an error of the machine',
    [['x', 'x: Invalid argument', 'x: No such file or directory', 1]],
    'broken',
    /^it fails in another way/,
  ],
  ['an error in unknown words', [['x', 'x: Invalid argument', 'oops', 1]], 'broken', /^it fails in another way/],
  [
    'a failure where the report shows none',
    [['x', 'id 32768', 'x: No space left on device', 1]],
    'broken',
    /^it fails in another way/,
  ],
  [
    'cleaning up behind it fails',
    [
      ['cat x', 'bad', 'bad'],
      ['umount /x', undefined, 'busy', 1],
    ],
    'fail',
    /^reproduced/,
  ],
  [
    'an earlier command prints something else',
    [
      ['cat value', '5', '0'],
      ['echo done', 'done', 'done'],
    ],
    'broken',
    /^an earlier command differs: "cat value" prints "0", the report shows "5"/,
  ],
  [
    'an earlier command failed in the report, and does not here',
    [
      ['mount x', 'mount: Invalid argument', ''],
      ['cat x', 'same', 'same'],
    ],
    'pass',
    /^not reproduced: "mount x"/,
  ],
  [
    'an earlier command prints times',
    [
      ['dd if=x', '1 byte copied, 0.1 s', '1 byte copied, 0.2 s'],
      ['cat x', 'bad', 'bad'],
    ],
    'fail',
    /^reproduced/,
  ],
  [
    'the version is another',
    [
      ['uname -r', '6.12.1', '6.12.2'],
      ['cat x', 'bad', 'bad'],
    ],
    'fail',
    /^reproduced/,
  ],
];

describe('the last command of which the report shows the output is the answer', () => {
  test.each(ANSWERS)('%s', (_, lines, status, reason) => {
    const verdict = judgeSession(lines.map(run), false);
    expect(verdict.status).toBe(status);
    expect(verdict.reason ?? '').toMatch(reason ?? /^$/);
  });
});

describe('a command that does not do its part makes no verdict', () => {
  test.each<[string, readonly Line[], RegExp]>([
    [
      'set-up fails',
      [
        ['mount a', undefined, 'mount: failed', 32],
        ['cat x', 'bad', 'good'],
      ],
      /^the command "mount a" failed: mount: failed/,
    ],
    [
      'a program is missing',
      [['xfs_io -c x', 'bad', 'sh: xfs_io: not found', 127]],
      /^a program is missing in the guest: sh: xfs_io: not found/,
    ],
    ['one in a pipe is missing', [['a | b', 'bad', 'sh: a: not found', 0]], /^a program is missing/],
    ['the shell ends', [['set -e; false', 'bad', '', undefined]], /^the session ended in the command/],
    [
      'the shell ends before the answer',
      [
        ['kill $$', undefined, '', undefined],
        ['x', 'bad', '', undefined],
      ],
      /^the session ended/,
    ],
  ])('%s', (_, lines, reason) => {
    expect(judgeSession(lines.map(run), false)).toEqual({ status: 'broken', reason: expect.stringMatching(reason) });
  });

  test('where the report shows no output, the last command says it: a failure is a hit', () => {
    expect(judgeSession([SETUP, ['mount -o remount', undefined, 'EINVAL', 32] as const].map(run), false)).toEqual({
      status: 'fail',
      reason: '"mount -o remount": EINVAL',
    });
    expect(judgeSession([SETUP].map(run), false).status).toBe('pass');
    expect(judgeSession([SETUP, ['umount /mnt', undefined, 'busy', 1] as const].map(run), false).status).toBe('pass');
  });

  test('where a splat is the question, output is not compared, and any failure leaves it open', () => {
    expect(judgeSession([SETUP, ['cat x', 'bad', 'good'] as const].map(run), true).status).toBe('pass');
    expect(judgeSession([SETUP, ['./x', undefined, 'no', 1] as const].map(run), true).status).toBe('broken');
    expect(judgeSession([['./x', 'Killed', 'Killed', 137] as const].map(run), true).status).toBe('pass');
  });
});

test('what an ordinary user did, among commands of root, is not judged by what root may do', () => {
  const runs = [SETUP, ['cat x', 'bad', 'good'] as const].map(run);
  const last = runs[1];
  if (last === undefined) throw new Error('two commands');
  const user = { ...last, command: { ...last.command, isOrdinary: true } };
  expect(judgeSession([...runs.slice(0, 1), user], false)).toMatchObject({ status: 'broken' });
  expect(judgeSession([user], false)).toMatchObject({ status: 'pass' });
  expect(sessionScript([user.command], 'M')).toContain('su -s /bin/sh user');
  expect(sessionScript([last.command], 'M')).not.toContain('su -s /bin/sh user');
});

test('the script keeps the shell’s state, and its output is taken apart again', () => {
  const commands = [command('X=1; cd /'), command("echo 'a\nb'"), command('echo $?')];
  const script = sessionScript(commands, 'MARK');
  expect(script).toMatch(/^#!\/bin\/sh\n/);
  expect(script).toContain("eval 'X=1; cd /'");
  const output = '\nMARK 0\n\nMARK =0\n\nMARK 1\na\nb\n\nMARK =3\n\nMARK 2\nno line end\nMARK =0\n';
  expect(readSession(output, commands, 'MARK').map(({ printed, status }) => [printed, status])).toEqual([
    [[], 0],
    [['a', 'b'], 3],
    [['no line end'], 0],
  ]);
  expect(readSession('\nMARK 0\nx\n', commands, 'MARK').map(({ status }) => status)).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test('bash is asked for only where its words are used', () => {
  expect(needsBash([command('for i in {1..3}; do :; done')])).toBe(true);
  expect(needsBash([command('[[ -e x ]]')])).toBe(true);
  expect(needsBash([command('for i in 1 2; do [ -e $i ] && echo "$i" > x 2>&1; done')])).toBe(false);
});
