/** What stands in PATH for QEMU does not do what QEMU does: hangs, or runs the real one as its child. */
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { cacheIn, kconform, startKconform } from './command-line.test-support.ts';
import { PASSES, temporaryCases } from './temporary-cases.test-support.ts';

let home: string;
let cases: string;
let real: string;
let env: Record<string, string>;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'kc-fake-'));
  real = (await execa('sh', ['-c', 'command -v qemu-system-x86_64'])).stdout;
  cases = await temporaryCases({
    slow: { scenario: 'await guest.$`sleep 6`; return { done: true };', outcome: '{ done: true }' },
    pass: PASSES,
  });
  expect((await kconform(ARGUMENTS())).exitCode).toBe(0); // the shared cache then has the kernel and its template
});
afterAll(async () => {
  await rm(home, { recursive: true, force: true });
  await rm(cases, { recursive: true, force: true });
});

const ARGUMENTS = (name = 'pass') => ['run', name, '--cases', cases, '--kernel', '6.12'];

let count = 0;
beforeEach(async () => {
  const folder = join(home, String(count++));
  await mkdir(folder);
  env = { ...(await cacheIn(folder, 'kernels', 'templates', 'apt')), PATH: `${folder}:${process.env.PATH}` };
  await rm(join(folder, 'kconform/qemu.json'));
  fake = join(folder, 'qemu-system-x86_64');
});
let fake: string;

/** A shell script in place of QEMU; the real one tells its version. */
async function inPlaceOfQemu(script: string): Promise<void> {
  await writeFile(fake, `#!/bin/sh\ncase "$*" in --version) exec ${real} --version;; esac\n${script}\n`);
  await chmod(fake, 0o755);
}

/** Ends `kconform run` as Ctrl-C does once the file is there, which the fake makes. */
async function interruptedOnce(started: string) {
  const { child, ended } = startKconform(ARGUMENTS(), { env });
  for (const until = Date.now() + 60_000; Date.now() < until; await sleep(50)) {
    if ((await execa('test', ['-e', started], { reject: false })).exitCode === 0) break;
  }
  const at = Date.now();
  child.kill('SIGINT');
  const result = await ended;
  return { ...result, afterMs: Date.now() - at };
}

test('the first Ctrl-C ends a QEMU that never connects', async () => {
  await inPlaceOfQemu(`touch ${fake}.started; exec sleep 1000`);
  const result = await interruptedOnce(`${fake}.started`);
  expect(result.exitCode).toBe(130);
  expect(result.afterMs).toBeLessThan(4_000);
  expect(result.leftovers).toEqual([]);
});

test('the first Ctrl-C ends a QEMU that does not tell its version', async () => {
  await writeFile(fake, `#!/bin/sh\ntouch ${fake}.started; sleep 1000\n`);
  await chmod(fake, 0o755);
  const result = await interruptedOnce(`${fake}.started`);
  expect(result.exitCode).toBe(130);
  expect(result.afterMs).toBeLessThan(4_000);
});

test('QEMU as the child of a script: SIGTERM is the host’s doing, and nothing is left', async () => {
  await inPlaceOfQemu(`exec timeout 4 ${real} "$@"`);
  const result = await kconform(ARGUMENTS('slow'), { env });
  expect(result.all).toMatch(/ERROR +slow/);
  expect(result.all).toMatch(/QEMU was ended by the host: terminating on signal 15/);
  expect(result.all).toMatch(/to blame: the host/);
  expect(result.exitCode).toBe(2);
  expect(result.leftovers).toEqual([]);
});

test('a script that runs QEMU as its child and waits for it serves as QEMU', async () => {
  await inPlaceOfQemu(`${real} "$@"`);
  const result = await kconform(ARGUMENTS(), { env });
  expect(result.all).toMatch(/PASS +pass/);
  expect(result.exitCode).toBe(0);
  expect(result.leftovers).toEqual([]);
});
