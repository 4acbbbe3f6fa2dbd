/** Programs of somebody else, in a guest. */
import { chmod, copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { prepare } from '../../authors/prepared.ts';
import type { GuestMachine } from '../../guest/guest-machine.ts';
import { startClone } from '../../run/clone.test-support.ts';
import { Transcript } from '../api/transcript.ts';
import { scenarioFolder } from '../forms/forms.test-support.ts';
import type { Program } from './program-request.ts';
import { programScenario } from './program-scenario.ts';

const folder = scenarioFolder();
const { signal } = new AbortController();
let machine: GuestMachine;
beforeAll(async () => {
  machine = await startClone(signal);
});
afterAll(() => machine?.[Symbol.asyncDispose]());

async function run(program: Program) {
  await using prepared = await prepare(await programScenario(program, { folder: folder.path }));
  const observed = await prepared.run({ agent: machine.agent, transcript: new Transcript(), signal });
  const { exitCode, signal: endedBy, output } = observed;
  return { exitCode, signal: endedBy, output };
}

const NAME = `#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
int main(int argc, char **argv)
{
  char path[200] = "", here[200];
  readlink("/proc/self/exe", path, sizeof(path) - 1);
  printf("%s %s %s %s\\n", argv[0], path, getcwd(here, sizeof(here)), getenv("WORD") ?: "-");
  DIR *open = opendir("/proc/self/fd");
  for (struct dirent *one; (one = readdir(open));)
    if (one->d_name[0] != '.' && atoi(one->d_name) != dirfd(open)) printf("%s ", one->d_name);
  for (int i = 1; i < argc; i++) printf("<%s>", argv[i]);
  fprintf(stderr, "!\\n");
  return argc;
}
`;

test('a program knows its name, and has its arguments, environment and folder, and no descriptor of ours', async () => {
  await folder.write('name.c', NAME);
  expect(await run({ sources: ['name.c'], args: ['a b', "it's", ''], env: { WORD: '$x "y"' } })).toEqual({
    exitCode: 4,
    signal: null,
    output: '!\n/opt/program/name /opt/program/name /opt/program $x "y"\n0 1 2 <a b><it\'s><>',
  });
  expect(await run({ sources: ['name.c'], workdir: '/tmp' })).toMatchObject({
    output: expect.stringMatching(/\n\/opt\/program\/name \/opt\/program\/name \/tmp -\n/),
  });
});

test('a static program, one that a signal ends, and a script with a helper beside it', async () => {
  await folder.write('crash.c', 'int main(void) { return *(volatile int *)0; }\n');
  expect(await run({ sources: ['crash.c'], flags: ['-static'] })).toMatchObject({ exitCode: null, signal: 'SIGSEGV' });
  await folder.write('script', '#!/usr/bin/env sh\ncat data/text; . ./part; exit 5\n');
  await folder.write('help/text', 'helper\n');
  await folder.write('part', 'echo "$0"\n');
  await chmod(join(folder.path, 'script'), 0o755);
  expect(await run({ command: 'script', files: ['help:data', 'part:part:644'] })).toEqual({
    exitCode: 5,
    signal: null,
    output: 'helper\n/opt/program/script',
  });
});

test('a program of the host comes with libraries that no guest has; the thread library’s own helper is there', async () => {
  await folder.write('own.c', 'int own(void) { return 7; }\n');
  await folder.write(
    'uses.c',
    '#include <pthread.h>\nint own(void);\nstatic void *f(void *x) { pthread_exit(x); }\nint main(void) { pthread_t t; pthread_create(&t, 0, f, 0); pthread_join(t, 0); return own(); }\n',
  );
  const cc = (...words: string[]) => execa('cc', words, { cwd: folder.path });
  await cc('-shared', '-fPIC', '-o', 'libown.so', 'own.c');
  await cc('-o', 'uses', 'uses.c', '-L.', '-lown', '-Wl,-rpath,$ORIGIN');
  expect(await run({ command: 'uses' })).toEqual({ exitCode: 7, signal: null, output: '' });
});

test('what cannot be run is refused', async () => {
  await copyFile('/bin/true', join(folder.path, 'true'));
  await expect(run({ command: 'true', workdir: '/nowhere' })).rejects.toMatchObject({
    code: 'KC_PROGRAM',
    message: expect.stringContaining('the working directory cannot be entered'),
  });
  await folder.write('interpreter', '#!/nowhere/sh\n');
  await expect(run({ command: 'interpreter' })).rejects.toThrow(
    'the program did not start in the guest: cannot be executed',
  );
  await folder.write(
    'loads.c',
    '#include <stdio.h>\nint main(void) { puts("x: error while loading shared libraries: y"); return 127; }\n',
  );
  await expect(run({ sources: ['loads.c'] })).rejects.toThrow('error while loading shared libraries: y');
  await folder.write('chosen.c', 'int main(void) { return 127; }\n');
  expect(await run({ sources: ['chosen.c'] })).toMatchObject({ exitCode: 127 });
  await expect(run({ command: 'gone' })).rejects.toMatchObject({ code: 'KC_PROGRAM' });
  await folder.write('bash', '#!/bin/bash\n');
  expect((await programScenario({ command: 'bash' }, { folder: folder.path })).machine).toEqual({ packages: ['bash'] });
});
