import { expect, test } from 'vitest';
import type { Control } from '../guest/qemu/control.ts';
import { readLeaks, scanForLeaks } from './kmemleak.ts';

const object = (address: string, frame: string) => `unreferenced object ${address} (size 8):
  comm "agent", pid 87, jiffies 4294893312
  hex dump (first 8 bytes):
    61 6e 79 00 00 00 00 00                          any.....
  backtrace (crc 84b9cd4d):
    memdup_user+0x1e/0x80
    ${frame}+0x4b/0x70
    __x64_sys_fsconfig+0x2cd/0x6d0
`;
const REPORT =
  object('0xffff888003b5a3c8', 'strndup_user') +
  object('0xffff888003b5a3d8', 'strndup_user') +
  object('0xffff888003b5a3e8', 'other');

test('objects of one size and backtrace are one leak, with their count', () => {
  expect(readLeaks(REPORT)).toEqual([
    {
      count: 2,
      bytes: 8,
      comm: 'agent',
      hex: ['61 6e 79 00 00 00 00 00                          any.....'],
      backtrace: ['memdup_user+0x1e/0x80', 'strndup_user+0x4b/0x70', '__x64_sys_fsconfig+0x2cd/0x6d0'],
    },
    expect.objectContaining({ count: 1, backtrace: expect.arrayContaining(['other+0x4b/0x70']) }),
  ]);
});

test('reads the addresses that kernels before 6.8 printed in front of each function', () => {
  const older = REPORT.replaceAll(/^ {4}(\w+\+)/gm, '    [<00000000d5a24bd0>] $1');
  expect(readLeaks(older)).toEqual(readLeaks(REPORT));
});

test.each(['', 'unreferenced', REPORT.slice(0, 90), 'kmemleak: not a report\n'])('never throws: %j', (report) => {
  expect(() => readLeaks(report)).not.toThrow();
});

/** A kmemleak whose files answer as told; errno numbers of writes, texts of reads, in order. */
function answering(
  writes: number[],
  reads: { text: string; errno: number }[],
): Pick<Control, 'readFile' | 'writeFile'> {
  return {
    writeFile: async () => writes.shift() ?? 0,
    readFile: async () => reads.shift() ?? { text: '', errno: 0 },
  };
}

const rest = async () => undefined;

test.each<[string, number[], { text: string; errno: number }[]]>([
  ['has no such file', [2], []],
  ['was switched off in between', [0, 1], []],
  ['cannot be read', [], [{ text: '', errno: 5 }]],
  [
    'cannot be read again',
    [],
    [
      { text: REPORT, errno: 0 },
      { text: '', errno: 5 },
    ],
  ],
])('a kmemleak that %s could not look, which is not clean', async (_, writes, reads) => {
  expect(await scanForLeaks(answering(writes, reads), rest)).toHaveProperty('unavailable');
});

test('what the second look no longer shows is no leak', async () => {
  const reads = [
    { text: REPORT, errno: 0 },
    { text: object('0xffff888003b5a3e8', 'other'), errno: 0 },
  ];
  const scan = await scanForLeaks(answering([], reads), rest);
  expect(scan).toEqual({ leaks: [expect.objectContaining({ count: 1 })] });
});

test('an empty report is clean', async () => {
  expect(await scanForLeaks(answering([], []), rest)).toEqual({ leaks: [] });
});
