import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kconform } from '../cli/end-to-end/command-line.test-support.ts';
import { chooseFound } from './choose.ts';
import { readReport } from './read-report.ts';
import { reproducerOf } from './reproducer.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kc-hostile-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const mail = (body: string, headers = '') =>
  `From: A <a@example.com>\nTo: b@example.com\nSubject: it breaks\n${headers}\n${body}`;
const program = (number: number) => `#include <stdio.h>\nint main(void)\n{\n\treturn ${number};\n}\n`;
const html = 'Content-Type: text/html\n';
const patch = (path: string) =>
  `--- /dev/null\n+++ b/${path}\n@@ -0,0 +1,2 @@\n+#include <stdio.h>\n+int main(void) { return 0; }\n`;

async function choose(text: string | Buffer, name = 'report.eml', part?: number) {
  const report = await readReport(Buffer.from(text), name);
  if (report === undefined) throw new Error('it is no report');
  return chooseFound(report, part, name);
}

/** What it is, its text, and words of the answer. */
const ANSWERS = [
  ['no program', mail('It does not work.\n'), 'has no program, no script and no commands'],
  ['an empty mail', mail(''), 'has no program'],
  [
    'a splat alone',
    mail('BUG: unable to handle page fault\nCall Trace:\n f+0x1/0x2\n'),
    'it quotes a splat, which --splat takes',
  ],
  ['HTML only', mail('<p>#include &lt;stdio.h&gt;<p>int main() {}', html), 'is HTML only'],
  ['a web page', '<!DOCTYPE html>\n<html>', 'is HTML only'],
  [
    'two programs',
    mail(`${program(1)}\nAnd the other one:\n\n${program(2)}`),
    'has 2 parts that can be run: 1: a program in C, 5 lines (lines 1–5 of the text); 2: ',
  ],
  ['a patch that leaves the tree', patch('../../etc/cron.d/x'), 'a path outside the tree: ../../etc/cron.d/x'],
  ['a patch below it', patch('tools/testing/selftests/../../../../etc/x.c'), 'a path outside the tree'],
  ['a patch with an absolute path', patch('/etc/passwd').replace('b//', '/'), 'a path outside the tree: /etc/passwd'],
  ['a mail with such a patch', mail(`Fix:\n\n${patch('../x.c')}`), 'a path outside the tree'],
  ['a header of git alone', 'diff --git a/../x b/../x\nrename from x\n', 'a path outside the tree'],
  [
    'a program for syz-execprog',
    '# See https://goo.gl/kgGztJ for information about syzkaller reproducers.\n#{"threaded":true}\nr0 = openat$tun(0xffffffffffffff9c, 0x0)\n',
    'needs syz-execprog',
  ],
  [
    'messages without any',
    'From a@example.com Mon Nov  3 10:00:00 2025\nFrom: a@example.com\nSubject: a\n\nhi\n\nFrom b@example.com Mon Nov  3 10:00:00 2025\nFrom: b@example.com\nSubject: b\n\nho\n',
    'a mailbox with 2 messages',
  ],
  [
    'boundaries that never end',
    mail('--y\n\nhi', 'Content-Type: multipart/mixed; boundary=y\n').replaceAll('hi', '--y\n'.repeat(500)),
    'has no program',
  ],
  [
    'parts in parts',
    mail(
      Array.from({ length: 300 }, (_, n) => `--b${n}\nContent-Type: multipart/mixed; boundary=b${n + 1}\n\n`).join(''),
      'Content-Type: multipart/mixed; boundary=b0\n',
    ),
    'is no mail that can be read',
  ],
] as const;

describe('one clear answer', () => {
  test.each(ANSWERS)('%s', async (_, text, words) => {
    await expect(choose(text)).rejects.toMatchObject({ code: 'KC_REPORT', message: expect.stringContaining(words) });
  });

  test('of two programs one is chosen by its number', async () => {
    const both = mail(`${program(1)}\nAnd the other one:\n\n${program(2)}`);
    expect(await choose(both, 'report.eml', 2)).toMatchObject({ text: program(2) });
    await expect(choose(both, 'report.eml', 3)).rejects.toMatchObject({ message: 'report.eml has no part 3' });
  });

  test.each([
    ['base64', 'Content-Transfer-Encoding: base64\n'],
    ['quoted-printable', 'Content-Transfer-Encoding: quoted-printable\n'],
    ['a charset that does not exist', 'Content-Type: text/plain; charset=klingon-8\n'],
    ['an encoding that does not exist', 'Content-Transfer-Encoding: rot13\n'],
    ['UTF-7', 'Content-Type: text/plain; charset=utf-7\n'],
  ])('broken %s', async (_, headers) => {
    const text = Buffer.concat([
      Buffer.from(mail('', headers)),
      Buffer.from('=ZZ=\xff\xfe\x00+AAA=====\r\n\x80', 'latin1'),
    ]);
    await expect(choose(text)).rejects.toMatchObject({ code: 'KC_REPORT' });
  });

  test('a mail of 10 MB, and one of 40 MB', async () => {
    const words = 'mount of words, and # of others > them '.repeat(25);
    await expect(choose(mail(`    ${words}\n`.repeat(10_000)))).rejects.toMatchObject({
      message: 'the text has 4280 commands, more than 200',
    });
    await expect(choose(mail(`${words}\n`.repeat(10_000)))).rejects.toMatchObject({
      message: expect.stringContaining('has no program'),
    });
    await expect(choose(Buffer.alloc(40 * 2 ** 20, mail('x\n')))).rejects.toMatchObject({
      message: 'report.eml has 40 MiB',
    });
  });
});

describe('a source that reads files of this machine is not compiled', () => {
  test.each([
    ['#include "/etc/passwd"'],
    ['#include </etc/passwd>'],
    ['#include "../../../../etc/passwd"'],
    ['# include NAME'],
    ['#include \\\n"/etc/passwd"'],
    ['%:include "/etc/passwd"'],
    ['__asm__(".incbin \\"/etc/passwd\\"");'],
    ['char c[] = {\n#embed "/etc/passwd"\n};'],
  ])('%s', async (line) => {
    const found = await choose(mail(`${program(0).replace('int main', `${line}\nint main`)}`));
    const setting = {
      folder,
      request: {},
      isSplatAsked: false,
      signal: new AbortController().signal,
      progress: () => undefined,
    };
    await expect(reproducerOf(found, setting)).rejects.toMatchObject({ code: 'KC_REPORT' });
  });

  test('a wish for files and disks of this machine is not one', async () => {
    const found = await choose(mail(`/* kconform: file /etc/shadow:/x */\n// kconform: disk /dev/sda\n${program(0)}`));
    const setting = {
      folder,
      request: {},
      isSplatAsked: false,
      signal: new AbortController().signal,
      progress: () => undefined,
    };
    const { machine, scenario } = await reproducerOf(found, setting);
    expect({ ...machine, ...scenario.machine }).toEqual({});
  });
});

test('names of a mail are written nowhere, and nothing is left', async () => {
  const names = ['../../../tmp/$(touch kc-evil)\u001b[2J.c', '-o kc-evil.c'];
  const [temporary, current] = [join(folder, 'tmp'), join(folder, 'here')];
  await mkdir(temporary);
  await mkdir(current);
  for (const [index, name] of names.entries()) {
    const text = mail(
      `--xx\nContent-Type: text/plain\n\n$ gcc -o ../../kc-evil -fplugin=evil.so -B/tmp x.c\n\n--xx\nContent-Disposition: attachment; filename="${name}"\nContent-Type: text/plain\n\n${program(0)}\n--xx--\n`,
      'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=xx\n',
    );
    await writeFile(join(folder, `${index}.eml`), text);
  }
  const results = await Promise.all(
    names.map((_, index) =>
      kconform(['repro', join(folder, `${index}.eml`), '--dry-run'], { cwd: current, env: { TMPDIR: temporary } }),
    ),
  );
  for (const { exitCode, stdout, stderr } of results) {
    expect(stderr).toBe('');
    expect(stdout).toContain('options of the compiler that name files: -fplugin=evil.so -B/tmp');
    expect(stdout).not.toContain('\u001b');
    expect(exitCode).toBe(0);
  }
  expect(await readdir(current)).toEqual([]);
  expect(
    (await readdir(temporary)).filter((name) => name.includes('kc-evil') || name.startsWith('kconform-report')),
  ).toEqual([]);
});

test('what cannot be run is said in one line and a hint, without a stack trace', async () => {
  await writeFile(join(folder, 'two.eml'), mail(`${program(1)}\nAnd the other one:\n\n${program(2)}`));
  const { exitCode, stderr } = await kconform(['repro', join(folder, 'two.eml')]);
  expect(stderr).toMatch(/two\.eml has 2 parts that can be run: .*\n.*choose one: --part 1/);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(exitCode).toBe(2);
});
