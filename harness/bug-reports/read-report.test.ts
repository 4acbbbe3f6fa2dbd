import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { chooseFound, describeFound, partsOf } from './choose.ts';
import { readReport } from './read-report.ts';

const DATA = new URL('./test-data/', import.meta.url);

async function reportOf(text: string | Buffer, name = 'report.eml') {
  const report = await readReport(Buffer.from(text), name);
  if (report === undefined) throw new Error('it is no report');
  return report;
}

const mail = (body: string, headers = '') =>
  `From: A <a@example.com>\nTo: b@example.com\nSubject: it breaks\n${headers}\n${body}`;
const PROGRAM = '#include <stdio.h>\n\nint main(void)\n{\n\tputs("}");\n\n\treturn 0;\n}\n';
const multipart = (...parts: readonly string[]) =>
  mail(
    `${parts.map((part) => `--xx\n${part}\n`).join('')}--xx--\n`,
    'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=xx\n',
  );

describe('a report that somebody sent is understood as it is', () => {
  test.each([
    ['noswap-transcript.txt', 'a transcript', '5 commands (lines 3–11 of the text)'],
    ['noswap-commands.eml', 'a mail: tmpfs: cannot reconfigure', '3 commands (lines 6–8 of the text)'],
    ['noswap-script.eml', 'a mail: Re: tmpfs: cannot reconfigure', 'a script, 14 lines (lines 7–21 of the text)'],
    ['listmount.eml', 'a mail: [linux-6.12.y] listmount', 'a program in C, 36 lines (lines 6–41 of the text)'],
    ['nsfs-attached.eml', 'a mail: nsfs: wrong errno', 'a program in C, 24 lines (the attachment "ns pid.c")'],
    ['futex-quoted-printable.eml', 'a mail: futex: flags', 'a program in C, 30 lines, with 1 command (lines 11–40'],
    ['landlock-quoted.eml', 'a mail: Re: [BUG] TCP disconnect', 'a program in C, 34 lines (lines 5–38 of the text)'],
    ['io-uring-leak.eml', 'a mail: memory leak', 'a program in C, 53 lines (lines 4–56 of the text)'],
    [
      'memfd-seal.mbox',
      'a mailbox with 2 messages: memfd',
      'a program in C, 28 lines (lines 5–32 of message 1, the text)',
    ],
    ['pagemap-scan-splat.eml', 'a mail: NULL dereference', 'a program in C, 53 lines (lines 35–87 of the text)'],
    ['pagemap-scan-syzbot.c', 'a reproducer of syzkaller in C', 'a program in C, 80 lines (the whole file)'],
    ['pagemap-scan-syzbot-page.txt', 'the text of a report', 'a program in C, 78 lines (lines 41–118 of the text)'],
    [
      'ipc-next-id-selftest.patch',
      'a mail: [PATCH 2/2] selftests/ipc',
      'a selftest in C, 31 lines (tools/testing/selftests/ipc',
    ],
    ['bpf-storage-walk.eml', 'a mail: Cgroup storage: walk never ends', 'a program in C, 60 lines (the attachment'],
  ])('%s', async (name, form, part) => {
    const report = await reportOf(await readFile(new URL(name, DATA)), name);
    expect(report.form).toContain(form);
    expect(partsOf(report)).toHaveLength(1);
    expect(describeFound(chooseFound(report, undefined, name))).toContain(part);
    expect(report.splat?.fingerprint[0]).toBe(
      /pagemap-scan-s(?:plat|yzbot-page)/.test(name) ? 'pagemap_scan_pmd_entry' : undefined,
    );
  });
});

describe('the program of a mail is whole', () => {
  const lines = PROGRAM.split('\n').slice(0, -1);
  test.each([
    ['as it is', PROGRAM],
    ['between prose', `Hello,\n\nThis does it:\n${PROGRAM}\nCan you see why?\n`],
    ['in a fence', `\`\`\`c\n${PROGRAM}\`\`\`\nThanks\n`],
    ['quoted', lines.map((line) => `> ${line}`).join('\n')],
    ['quoted without a blank', lines.map((line) => `>${line}`).join('\n')],
    ['quoted, empty lines as >', lines.map((line) => (line === '' ? '>' : `> ${line}`)).join('\n')],
    ['quoted twice', lines.map((line) => `> > ${line}`).join('\n')],
    [
      'quoted, with a remark in it',
      lines
        .map((line) => `> ${line}`)
        .join('\n')
        .replace('> {', '> {\n\nThat is odd.\n'),
    ],
    ['with no-break spaces', PROGRAM.replace('\tputs', '\u00a0puts').replace('#include <', '#include\u00a0<')],
    ['with CR LF', PROGRAM.replaceAll('\n', '\r\n')],
    ['followed by a signature', `${PROGRAM}-- \nA. B., {kernel} hacker;\n`],
    ['followed by a quotation', `${PROGRAM}\nOn Mon, Nov 3, 2025 at 10:11 AM B <b@example.com> wrote:\n> no\n`],
  ])('%s', async (_, body) => {
    const [found] = (await reportOf(mail(body, 'Content-Type: text/plain; charset=utf-8\n'))).found;
    if (found?.kind !== 'program') throw new Error('no program');
    expect(found.text.replaceAll(/[\u00a0\t]/g, ' ')).toBe(PROGRAM.replaceAll('\t', ' '));
  });

  test('functions behind main, and comments before it, belong to it', async () => {
    const source = `/*\n * licence\n */\n#include <stdio.h>\nstatic void later(void);\nint main(void) { later(); }\n\nstatic void later(void)\n{\n}\n`;
    const [found] = (await reportOf(mail(`See:\n\n${source}\nThat is all of it.\n`))).found;
    expect(found).toMatchObject({ kind: 'program', text: source });
  });

  test('its attached header is put into it', async () => {
    const header = 'Content-Disposition: attachment; filename="x.h"\nContent-Type: text/plain\n\n#define X 1\n';
    const source =
      'Content-Disposition: attachment; filename="x.c"\nContent-Type: text/plain\n\n#include "x.h"\nint main(void) { return X; }\n';
    const report = await reportOf(multipart(source, header));
    expect(report.found).toMatchObject([{ text: expect.stringMatching(/^#define X 1\n+int main/) }]);
  });

  test('one that is quoted, attached or sent again is the same', async () => {
    const attached = `Content-Type: text/x-c; name=a.c\nContent-Disposition: attachment; filename=a.c\n\n${PROGRAM}`;
    const report = await reportOf(multipart(`Content-Type: text/plain\n\n${PROGRAM}`, attached));
    expect(report.found).toHaveLength(1);
  });
});

describe('what is no report is left to the other readers', () => {
  test.each([
    ['a script', '#!/bin/sh\n# mount\n', 'x'],
    ['a program', '\x7fELF\0', 'x'],
    ['a scenario', 'mount -t bpf bpffs /mnt\n', 'x.sh'],
    ['a source', PROGRAM, 'x.c'],
    ['words', 'print()\n', 'what.py'],
    ['more words', 'nothing of use\n', 'notes.txt'],
  ])('%s', async (_, text, name) => {
    expect(await readReport(Buffer.from(text, 'latin1'), name)).toBeUndefined();
  });
});
