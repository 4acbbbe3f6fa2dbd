import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { kconform, onTerminal } from '../end-to-end/command-line.test-support.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kc-repro-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

const WARN = `#include <stdio.h>
int main(void)
{
  FILE *log = fopen("/dev/kmsg", "w");
  fprintf(log, "<4>WARNING: CPU: 0 PID: 1 at kernel/x.c:1 f+0x1/0x2\\n");
  fclose(log);
  puts("printed by the program");
  return 0;
}
`;

test('a script that finds nothing: its output, its observations, exit code 0', async () => {
  const script = await file(
    'fine.sh',
    'echo printed\nmount -t bpf -o uid=7 bpffs /mnt\nobserve owner "$(stat -c %u /mnt)"\n',
  );
  const result = await kconform(['repro', script, '--transcript']);
  expect(result.stdout).toMatch(/^printed\nprocess \d+ started\n\$ .*\/bin\/sh -eu \S+fine\.sh\n {2}\| printed\n/);
  expect(result.stdout).toMatch(/\n6\.12\.\S+: nothing suspicious\n {2}owner +'7'\n/);
  expect(result.exitCode).toBe(0);
  expect(result.leftovers).toEqual([]);
});

test.each([
  ['segfault.c', 'int main(void) { return *(volatile int *)0; }\n', 'SIGSEGV ended the scenario', 1],
  ['fails.sh', 'false\necho never\n', 'the scenario failed: exit code 1', 1],
  ['background.sh', 'no-such-program &\nwait\n', 'no-such-program: not found', 2],
])('%s, which fell over, is not called unsuspicious', async (name, text, words, exitCode) => {
  const result = await kconform(['repro', await file(name, text)]);
  expect(result.stdout).toContain(words);
  expect(result.stdout).not.toContain('nothing suspicious');
  expect(result.exitCode).toBe(exitCode);
});

test.each([
  ['typo.c', 'int main(void) { return x; }\n', 'typo.c does not compile'],
  ['dos.sh', 'true\r\n', 'CR LF'],
])('%s: told before a guest is made ready', async (name, text, words) => {
  const result = await kconform(['repro', await file(name, text)]);
  expect(result.stderr).toContain(words);
  expect(result.all).not.toContain('guest');
  expect(result.exitCode).toBe(2);
});

test('a reproducer in C, several times: each hit is shown and counted, with the console', async () => {
  const result = await kconform(['repro', await file('warn.c', WARN), '--repeat', '3', '--jobs', '2']);
  expect(result.stdout.match(/^printed by the program$/gm)).toHaveLength(3);
  expect(result.stdout.match(/#\d: the kernel misbehaved: WARNING: at kernel\/x\.c f$/gm)).toHaveLength(3);
  expect(result.stdout).toMatch(/splat \(WARNING\)/);
  expect(result.stdout).toMatch(/: 3 of 3 runs made the kernel misbehave\n?$/);
  expect(result.stderr).toMatch(/^console [123]\| .*kernel\/x\.c:1/m);
  expect(result.exitCode).toBe(1);
});

test('a report as it is: what was found is shown, an ordinary user runs it, and what it prints is compared', async () => {
  const report = await file(
    'report.txt',
    'This is wrong:\n\nuser@box:~$ gcc -o who who.c\nuser@box:~$ X=7\nuser@box:~$ ./who $X && cat /proc/sys/kernel/hostname\n1000 7\nwrong\n\nwho.c:\n\n#include <stdio.h>\n#include <unistd.h>\nint main(int argc, char **argv)\n{\n\tprintf("%d %s\\n", getuid(), argv[argc - 1]);\n}\n',
  );
  const found = await kconform(['repro', report, '--dry-run']);
  expect(found.stdout).toContain('a program in C, 6 lines, with 3 commands');
  expect(found.stdout).toContain('# ./who $X && cat /proc/sys/kernel/hostname');
  expect(found.exitCode).toBe(0);
  const result = await kconform(['repro', report]);
  expect(result.stdout).toContain(
    'not reproduced: "./who $X && cat /proc/sys/kernel/hostname" prints "kconform", the report shows "wrong"',
  );
  expect(result.exitCode).toBe(0);
  expect(result.leftovers).toEqual([]);
});

test('a failed assertion of a reproducer in TypeScript is a hit', async () => {
  const scenario = await file(
    'assert.ts',
    "import assert from 'node:assert/strict';\nimport { scenario } from 'kconform';\nexport default scenario(async ({ guest }) => {\n  assert.equal((await guest.root.open('/none', 0)).errno, null);\n  return {};\n});\n",
  );
  const result = await kconform(['repro', scenario, '--repeat', '2']);
  expect(result.stdout).toMatch(/#1: the scenario failed: Expected values .*'ENOENT' !== null.*assert\.ts:4:\d+/);
  expect(result.stdout).toContain('0 of 2 runs made the kernel misbehave, 2 failed by themselves');
  expect(result.exitCode).toBe(1);
});

test('--splat: another splat than the one in the report leaves the question open', async () => {
  const report = await file(
    'report.txt',
    '> WARNING: CPU: 1 PID: 7 at kernel/x.c:9 f+0x1/0x2\n> Call Trace:\n>  g+0x1/0x2\n>  h+0x1/0x2\n',
  );
  const result = await kconform(['repro', await file('warn.c', WARN), '--splat', report]);
  expect(result.stdout).toContain(
    'undetermined: another splat: WARNING: at kernel/x.c f. It is not the splat of the report',
  );
  expect(result.exitCode).toBe(2);
  const none = await kconform(['repro', join(folder, 'warn.c'), '--splat', join(folder, 'warn.c')]);
  expect(none.stderr).toContain('quotes no splat with a stack');
  expect(none.exitCode).toBe(2);
});

test('TypeScript outside any package, on two kernels; a panic is the kernel’s doing', async () => {
  const scenario = await file(
    'panic.ts',
    "import { scenario } from 'kconform';\nexport default scenario(async ({ guest }) => { await guest.$.nothrow`echo c > /proc/sysrq-trigger`; return {}; });\n",
  );
  const result = await kconform(['repro', scenario, '--kernel', '6.12.57', '--kernel', '6.12']);
  expect(
    result.stdout.match(/: the kernel misbehaved: Kernel panic - not syncing: sysrq triggered crash/g),
  ).toHaveLength(2);
  expect(result.stdout).toMatch(/\nkernel +result\n6\.12\.57\S+ +the kernel misbehaved: Kernel panic/);
  expect(result.exitCode).toBe(1);
});

test('a program with arguments: it runs under its own name, and its status is that of the command', async () => {
  const program = await file('check', '#!/bin/sh\necho "$0 $*"\nexit 3\n');
  const result = await kconform(['repro', program, '--', '--selftest', 'a b']);
  expect(result.stdout).toMatch(/^\/opt\/program\/check --selftest a b\n/);
  expect(result.stdout).toContain('the scenario failed: exit status 3');
  expect(result.exitCode).toBe(1);
  const twoFiles = await kconform(['repro', program, program]);
  expect(twoFiles.stderr).toContain('is one file too many');
  expect(twoFiles.exitCode).toBe(2);
});

test('--keep: the guest stays as the scenario left it, until a key is pressed', async () => {
  const terminal = onTerminal(['repro', await file('left.sh', 'echo left > /tmp/mark\n'), '--keep']);
  const shown = await terminal.until(/ssh -F \S+ guest/);
  const config = /ssh -F (\S+) guest/.exec(shown)?.[1] ?? '';
  expect((await execa('ssh', ['-F', config, 'guest', 'cat /tmp/mark'])).stdout).toBe('left');
  terminal.type('q');
  expect((await terminal.ended).exitCode).toBe(0);
});

test.each([
  ['unset.sh', 'echo "$NOWHERE"', [], /undetermined: .*NOWHERE: parameter not set/],
  ['broken.c', 'int main(void) { return nothing; }', [], /does not compile: .*nothing/],
  [
    'member.ts',
    "import { O, scenario } from 'kconform';\nexport default scenario(async ({ guest }) => ({ r: (await guest.root.open('/', O.RDONY)).errno }));\n",
    [],
    /undetermined: O has no RDONY; did you mean RDONLY\? \(.*member\.ts:2:\d+\)/,
  ],
  ['what.py', 'print()', [], /is neither an ELF program nor a script that begins with #!/],
  ['slow.sh', 'sleep 100', ['--limit', '1'], /did not end within 1 s; the guest still answers/],
])('%s cannot be run: exit code 2, nothing left', async (name, text, more, words) => {
  const result = await kconform(['repro', await file(name, text), ...more]);
  expect(result.all).toMatch(words);
  expect(result.all).not.toMatch(/^\s+at /m);
  expect(result.exitCode).toBe(2);
  expect(result.leftovers).toEqual([]);
});
