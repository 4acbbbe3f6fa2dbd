import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { prepare } from '../../authors/prepared.ts';
import { type LoadedScenario, loadScenario, loadScenarioOf } from '../../authors/scenarios.ts';
import type { GuestMachine } from '../../guest/guest-machine.ts';
import { resolveKernel } from '../../kernels/resolve.ts';
import { prepareEnvironment } from '../../run/environment.ts';
import { createGuest, type Guest } from '../api/guest.ts';
import { Transcript } from '../api/transcript.ts';

let folder = '';
let machine: GuestMachine;
let guest: Guest;
const transcript = new Transcript();
const { signal } = new AbortController();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kconform-forms-'));
  const kernel = await resolveKernel('6.12');
  const environment = await prepareEnvironment(kernel, undefined, () => undefined);
  machine = await (await environment.guestsOf(kernel, 'clone', () => undefined, signal)).start(signal);
  guest = await createGuest(machine.agent);
});
afterAll(async () => {
  await machine?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function write(name: string, text: string): Promise<string> {
  await mkdir(join(folder, name, '..'), { recursive: true });
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

/** Makes it ready and ends it. */
async function prepareOnly(scenario: LoadedScenario): Promise<void> {
  await using _prepared = await prepare(scenario);
}

/** Writes a scenario and runs it in the guest. */
async function run(
  name: string,
  text: string,
  more: { onOutput?: (bytes: Buffer) => void; onNotice?: (text: string) => void } = {},
) {
  await using scenario = await prepare(await loadScenario(await write(name, text)));
  return await scenario.run({ agent: machine.agent, transcript, signal, ...more });
}

describe('a case has just one scenario', () => {
  test('none, and more than one', async () => {
    await write('none/expect.ts', '');
    await expect(loadScenarioOf(join(folder, 'none'))).rejects.toThrow(
      'neither scenario.ts nor scenario.sh nor scenario.c',
    );
    await write('two/scenario.sh', '');
    await write('two/scenario.c', '');
    const two = loadScenarioOf(join(folder, 'two'));
    await expect(two).rejects.toMatchObject({ code: 'KC_CASE_BROKEN', blame: 'case' });
    await expect(two).rejects.toThrow('scenario.sh and scenario.c');
  });

  test.each([
    ['a file of another kind', 'scenario.py', '', 'is not a scenario: they are .ts, .sh, .c files'],
    ['a default export of something else', 'other.ts', 'export default 5;', 'no default export made by scenario(…)'],
    ['an object that looks like one', 'like.ts', "export default { kind: 'scenario' };", 'cannot be run'],
  ])('%s', async (_, name, text, message) => {
    const loading = loadScenario(await write(name, text)).then(prepareOnly);
    await expect(loading).rejects.toMatchObject({ code: 'KC_CASE_BROKEN', blame: 'case' });
    await expect(loading).rejects.toThrow(message);
  });
});

describe('in shell', () => {
  test('observations, the exit code and the output, as it comes', async () => {
    const live: string[] = [];
    const script = [
      'observe options "rw,relatime"',
      'observe root.uid --json 65534',
      "echo '[1, null]' | observe list --json",
      'ls -1 /proc/self/fd/0 | observe listed',
      '( cd /; unshare -m observe inside yes )',
      'su nobody -s /bin/sh -c "observe user nobody"',
      'echo printed; echo complained >&2',
      'exit 3',
    ].join('\n');
    const seen = await run('all.sh', script, { onOutput: (bytes) => live.push(bytes.toString()) });
    expect(seen).toEqual({
      options: 'rw,relatime',
      root: { uid: 65534 },
      list: [1, null],
      listed: '/proc/self/fd/0',
      inside: 'yes',
      user: 'nobody',
      exitCode: 3,
      signal: null,
      output: 'printed\ncomplained',
    });
    expect(live.join('')).toBe('printed\ncomplained\n');
  });

  test('a command that fails ends it, and that is observed', async () => {
    expect(await run('fails.sh', 'observe before yes\nfalse\nobserve after yes')).toMatchObject({
      before: 'yes',
      exitCode: 1,
      output: '',
    });
  });

  test('the transcript has its output and observations before it ends', async () => {
    const running = run('slow.sh', 'observe first yes; echo printed; sleep 3');
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(transcript.text()).toMatch(/\/bin\/sh -eu \S*slow\.sh <unfinished>\n( {2}\| .*\n)+$/);
    expect(transcript.text().slice(-80)).toContain('  | printed\n');
    expect(transcript.text().slice(-80)).toContain('  | text first 3\n  | yes\n');
    await running;
    expect(transcript.text()).toMatch(/ {2}\| end exit 1\n {2}\| 0\n {2}exit code 0\n$/);
  });

  test('a signal is told by its name', async () => {
    expect(await run('killed.sh', 'kill -ABRT $$')).toEqual({ exitCode: null, signal: 'SIGABRT', output: '' });
  });

  test('children that go on do not hold it up', async () => {
    expect(await run('child.sh', 'sleep 300 &\necho started')).toMatchObject({ exitCode: 0, output: 'started' });
  });

  test('one that says how long it runs is stopped then', async () => {
    expect(await run('loop.sh', '# kconform: ends after 1 s\necho on; while :; do sleep 1; done')).toEqual({
      exitCode: null,
      signal: null,
      stoppedAfterMs: 1000,
      output: 'on',
    });
  });

  test.each([
    ['a variable without a value', 'echo 1\necho "$VALUE"', 'unset.sh: line 2: VALUE: parameter not set'],
    ['a syntax error', 'if true; then', 'syntax error'],
    ['a program that there is not', 'bpftrace -l', 'bpftrace: not found'],
    ['observe with too many words', 'observe a b c', 'observe: usage: observe NAME [--json] [VALUE]'],
  ])('%s is the case’s fault', async (_, script, message) => {
    const running = run('unset.sh', script);
    await expect(running).rejects.toMatchObject({ code: 'KC_SCRIPT_BROKEN', blame: 'case' });
    await expect(running).rejects.toThrow(message);
  });

  test.each([
    ['binary output', "printf '\\377\\000'", 'KC_OBSERVATION', 'the output is not text'],
    ['100 MB of output', 'yes kconform | head -c 100000000', 'KC_OUTPUT_TOO_LARGE', 'more than 16 MiB'],
    ['the end of the whole session', 'kill -9 $PPID', 'KC_SCENARIO_CUT_OFF', 'the scenario was cut off'],
  ])('%s is the case’s fault, and the guest lives', async (_, script, code, message) => {
    const running = run('output.sh', script);
    await expect(running).rejects.toMatchObject({ code, blame: 'case' });
    await expect(running).rejects.toThrow(message);
    expect((await guest.$`echo alive`).stdout).toBe('alive');
  });
});

describe('in C', () => {
  test('observations of every type, and warnings', async () => {
    const notices: string[] = [];
    const source = `
      #include <fcntl.h>
      #include "kconform.h"
      int main(void)
      {
        int unused;
        unsigned long long large = 4294967295;
        observe("number", -5);
        observe("large", large);
        observe("half", 0.5);
        observe("yes", (bool)true);
        observe("text", "line\\n\\"quoted\\"");
        observe_text("nothing", NULL);
        observe_errno("missing", open("/does/not/exist", O_RDONLY));
        observe_errno("fine", open("/", O_RDONLY));
        observe_json("root", "{\\"uid\\": %d}", 7);
        puts("printed");
        return 3;
      }`;
    expect(await run('all.c', source, { onNotice: (text) => notices.push(text) })).toEqual({
      number: -5,
      large: 4294967295,
      half: 0.5,
      yes: true,
      text: 'line\n"quoted"',
      nothing: null,
      missing: 'ENOENT',
      fine: null,
      root: { uid: 7 },
      exitCode: 3,
      signal: null,
      output: 'printed',
    });
    expect(notices.join('')).toContain('unused variable');
  });

  test('one that uses the mathematics library', async () => {
    const source =
      '#include <math.h>\n#include <stdlib.h>\nint main(int argc, char **argv) { return (int)pow(argc + 1, 3) + !argv; }';
    expect(await run('math.c', source)).toMatchObject({ exitCode: 8 });
  });

  test('a plain reproducer: its signal', async () => {
    expect(await run('plain.c', 'int main(void) { *(volatile int *)0 = 1; }')).toEqual({
      exitCode: null,
      signal: 'SIGSEGV',
      output: '',
    });
  });

  test('one that does not compile: the case’s fault, in the compiler’s words', async () => {
    const running = run('wrong.c', 'int main(void)\n{\n  return nowhere;\n}');
    await expect(running).rejects.toMatchObject({ code: 'KC_C_NOT_COMPILED', blame: 'case' });
    await expect(running).rejects.toThrow(/does not compile: wrong\.c:3:\d+: error: .*nowhere/);
    await expect(run('unlinked.c', 'void f(void); int main(void) { f(); }')).rejects.toThrow('undefined reference');
  });

  test('the heap is never where reproducers map fixed addresses', async () => {
    const source = `
      #include <sys/wait.h>
      #include <unistd.h>
      int main(int argc, char **argv)
      {
        unsigned long heap = (unsigned long)sbrk(0);
        int low = 0;
        (void)argv;
        if (argc > 1) return heap < 0x100000000ul;
        for (int i = 0; i < 50; i++) {
          int status;
          if (!fork()) execl("/proc/self/exe", "again", "1", (char *)0);
          wait(&status);
          low += status != 0;
        }
        return low;
      }`;
    expect(await run('heap.c', source)).toEqual({ exitCode: 0, signal: null, output: '' });
  });

  test('a reproducer that repeats itself for ever, forking, with threads and namespaces, as syzkaller writes them', async () => {
    const source = `
      // autogenerated by syzkaller (https://github.com/google/syzkaller)
      // kconform: ends after 2 s
      #define _GNU_SOURCE
      #include <endian.h>
      #include <errno.h>
      #include <pthread.h>
      #include <sched.h>
      #include <signal.h>
      #include <stdint.h>
      #include <stdio.h>
      #include <stdlib.h>
      #include <sys/mount.h>
      #include <sys/prctl.h>
      #include <sys/stat.h>
      #include <sys/syscall.h>
      #include <sys/types.h>
      #include <sys/wait.h>
      #include <unistd.h>
      static void* thr(void* arg)
      {
        syscall(__NR_mount, 0, "/mnt", "bpf", 0, 0);
        return arg;
      }
      static void execute_one(void)
      {
        pthread_t threads[2];
        for (int i = 0; i < 2; i++) pthread_create(&threads[i], 0, thr, 0);
        for (int i = 0; i < 2; i++) pthread_join(threads[i], 0);
      }
      int main(void)
      {
        syscall(__NR_mmap, 0x20000000ul, 0x1000000ul, 7ul, 0x32ul, -1, 0ul);
        if (unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET)) exit(1);
        if (fork()) {
          while (wait(0) > 0) {}
          exit(5);
        }
        if (mount("none", "/", 0, MS_REC | MS_PRIVATE, 0)) exit(2);
        puts("executing program");
        fflush(stdout);
        for (;;) {
          int pid = fork();
          if (pid < 0) exit(3);
          if (pid == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
            setpgrp();
            for (int fd = 3; fd < 30; fd++) close(fd);
            execute_one();
            exit(0);
          }
          int status = 0;
          while (waitpid(-1, &status, __WALL) != pid) {}
          if (status) exit(4);
        }
      }`;
    const running = async () =>
      (await guest.$.nothrow`grep -l "^Name:.scenario" /proc/[0-9]*/status`).stdout
        .split('\n')
        .filter((path) => path !== '');
    const before = await running(); // of earlier tests in this guest
    const seen = await run('repro.c', source);
    expect(seen).toEqual({ exitCode: null, signal: null, stoppedAfterMs: 2000, output: 'executing program' });
    const left = async () => (await running()).filter((path) => !before.includes(path));
    await expect.poll(left, { timeout: 10_000 }).toEqual([]);
  });
});
