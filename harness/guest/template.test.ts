import { chmod, mkdtemp, open, rm, stat, truncate, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildInitramfs } from '../../images/guest/initramfs.ts';
import { cachePath, ensureFolder } from '../cache/folder.ts';
import { resolveKernel } from '../kernels/resolve.ts';
import { commandLineFor } from './command-line.ts';
import type { Control } from './control.ts';
import { GuestMachine } from './guest-machine.ts';
import { ClientHalf } from './key-exchange.ts';
import { limitsFor } from './limits.ts';
import { type Login, resumeLogin } from './login.ts';
import { Template, type TemplateInputs } from './template.ts';

let folder: string;
let inputs: TemplateInputs;
const limits = limitsFor('tcg');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kc-templates-'));
  const kernel = await resolveKernel('6.12');
  const initramfs = await buildInitramfs({ cache: await ensureFolder(cachePath('initramfs')) });
  inputs = {
    spec: {
      accelerator: 'tcg',
      memoryMiB: 256,
      cpus: 1,
      vmlinux: kernel.vmlinux,
      initramfs: initramfs.path,
      commandLine: commandLineFor('tcg'),
    },
    kernelSha256: kernel.sha256,
    initramfsSha256: initramfs.sha256,
    qemu: 'under test',
  };
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test('a template is found again, also where its files were only touched; one that was damaged is made anew', async () => {
  const made = await Template.obtain(folder, inputs, { limits });
  await utimes(join(made.folder, 'state'), 1, 1);
  const found = await Template.obtain(folder, inputs, { limits });
  expect(found.hostKey).toBe(made.hostKey);

  const state = join(made.folder, 'state');
  await chmod(state, 0o600);
  await truncate(state, 1000);
  const again = await Template.obtain(folder, inputs, { limits });
  expect(again.hostKey).not.toBe(made.hostKey);

  await damageInPlace(join(again.folder, 'memory'));
  const third = await Template.obtain(folder, inputs, { limits });
  expect(third.hostKey).not.toBe(again.hostKey);
});

test('a clone goes on where the login ended; the login of another template is no way in', async () => {
  const one = await Template.obtain(folder, inputs, { limits });
  const other = await Template.obtain(folder, { ...inputs, qemu: 'another' }, { limits });
  await using qemu = await one.startClone();
  if (qemu.ssh === undefined) throw new TypeError('a clone has an SSH port');
  await qemu.control.adopt();
  using link = await resumeLogin(qemu.ssh, one.hostKey, one.login);
  expect((await link.exec('echo here')).stdout.toString()).toBe('here\n');

  await using second = await one.startClone();
  if (second.ssh === undefined) throw new TypeError('a clone has an SSH port');
  await second.control.adopt();
  await expect(resumeLogin(second.ssh, one.hostKey, other.login)).rejects.toMatchObject({ code: 'KC_SSH' });
});

test('the shell that was started ahead does with a command what another does; without it there are others', async () => {
  const template = await Template.obtain(folder, inputs, { limits });
  await using machine = await GuestMachine.clone(template, limits);
  const { link } = machine;
  const FIND = 'ps -o pid,args | grep "[a]lias REPLY"';
  const isAhead = async () => (await link.exec(`\n${FIND}`)).stdout.length > 0;
  for (const command of [
    'echo $0 $#; cat; echo "a  b" >&2; exit 7',
    'cd /nowhere',
    'nowhere 2>&1 | tr n N; (exit 3) # a comment',
    'echo >/nowhere/x',
    'if',
    'kill -9 $$',
    'set | grep REPLY; alias; type REPLY',
    'exec sh -c "alias; export -p"',
    '  read -r one two; echo "$two"; true &',
  ]) {
    await using other = await GuestMachine.clone(template, limits);
    const first = await other.link.exec(command, { stdin: 'first line\nsecond \\ line\n' });
    const second = await other.link.exec(command, { stdin: 'first line\nsecond \\ line\n' });
    expect(first, command).toEqual(second);
    expect(first.stdout.length + first.stderr.length + (first.exitCode ?? 1), command).toBeGreaterThan(0);
  }
  expect(await isAhead()).toBe(true);
  await link.exec(`\nkill -9 $(${FIND} | awk '{ print $1 }')`);
  expect(await isAhead()).toBe(false);
  expect((await link.exec('echo here')).stdout.toString()).toBe('here\n');
});

test('the end of the SSH server ends what waits for it, at once', async () => {
  const template = await Template.obtain(folder, inputs, { limits });
  await using machine = await GuestMachine.clone(template, limits);
  const waiting = expect(machine.link.exec('sleep 1000')).rejects.toMatchObject({ code: 'KC_SSH' });
  await expect(machine.link.exec('kill -9 $PPID')).rejects.toMatchObject({ code: 'KC_SSH' });
  await waiting;
  await expect(machine.link.exec('true')).rejects.toMatchObject({ code: 'KC_SSH' });
}, 30_000);

test('a command that the SSH server would refuse for its length is the case’s fault, the longest that it takes is run', async () => {
  const template = await Template.obtain(folder, inputs, { limits });
  await using machine = await GuestMachine.clone(template, limits);
  const ofLength = (bytes: number) => `echo ${'x'.repeat(bytes - 5)}`;
  for (const _each of ['in the shell ahead', 'in its own']) {
    expect((await machine.link.exec(ofLength(8_999))).stdout.length).toBe(8_995);
    await expect(machine.link.exec(ofLength(9_000))).rejects.toMatchObject({
      code: 'KC_COMMAND_TOO_LONG',
      blame: 'case',
      hint: expect.stringContaining('guest.writeFile()'),
    });
  }
});

test('a command is started though others end while its channel is opened', async () => {
  const template = await Template.obtain(folder, inputs, { limits });
  await using machine = await GuestMachine.clone(template, limits);
  for (let round = 0; round < 25; round++) {
    const pair = await Promise.all([machine.link.exec('true'), machine.link.exec(`sleep 0.01; echo ${round}`)]);
    expect(pair.map(({ stdout, exitCode }) => [stdout.toString(), exitCode])).toEqual([
      ['', 0],
      [`${round}\n`, 0],
    ]);
  }
});

test('a template whose SSH server speaks after what was recorded is not kept', async () => {
  let errno: number | undefined;
  const prepare = async (control: Control) => {
    for (let process = 2; process < 300; process++) {
      const { text } = await control.readFile(`/proc/${process}/cmdline`);
      if (text.includes('read -r REPLY')) errno = await control.writeFile(`/proc/${process}/fd/1`, 'unasked');
    }
  };
  const talkative = Template.obtain(folder, { ...inputs, qemu: 'talkative' }, { limits, prepare });
  await expect(talkative).rejects.toMatchObject({ code: 'KC_FREEZE', blame: 'harness' });
  expect(errno).toBe(0);
  const quiet = await Template.obtain(folder, { ...inputs, qemu: 'talkative' }, { limits });
  await using machine = await GuestMachine.clone(quiet, limits);
  expect((await machine.link.exec('echo here')).stdout.toString()).toBe('here\n');
});

// dropbear 2022.83 of itself ends where a command ends while another is asked for, or runs one that it has told us was not started.
test('commands that are started at once all end, and each is run once', async () => {
  const template = await Template.obtain(folder, inputs, { limits });
  await using machine = await GuestMachine.clone(template, limits);
  const numbers = Array.from({ length: 16 }, (_, index) => String(index));
  for (let round = 0; round < 8; round++) {
    const results = await Promise.all(
      numbers.map((number) => machine.link.exec(`echo ${round} ${number} >>/tmp/run; echo ${number}`)),
    );
    expect(results.map(({ stdout }) => stdout.toString().trim())).toEqual(numbers);
  }
  const { stdout } = await machine.link.exec("sort /tmp/run | uniq -c | awk '{ print $1 }' | sort | uniq -c");
  expect(stdout.toString().trim().split(/\s+/)).toEqual(['128', '1']);
});

test('a recorded login of which a byte has changed, or our own half, is refused', async () => {
  const { hostKey, login } = await Template.obtain(folder, inputs, { limits });
  const resume = (changed: Partial<Login>) => resumeLogin(nobody(), hostKey, { ...login, ...changed });
  (await resume({}))[Symbol.dispose]();
  const [beginning = Buffer.alloc(0)] = login.said;
  const bytes = [
    [0, beginning.indexOf('\n') + 30],
    [0, beginning.length >> 1],
    ...login.said.map((said, part) => [part, said.length - 1] as const),
  ] as const;
  expect(login.said.length).toBeGreaterThan(1);
  for (const [part, at] of bytes) {
    const changed = Buffer.from(login.said[part] ?? []);
    changed[at] = (changed[at] ?? 0) ^ 1;
    const resumed = resume({ said: login.said.with(part, changed) });
    await expect(resumed, `byte ${at} of part ${part}`).rejects.toMatchObject({ code: 'KC_SSH' });
  }
  await expect(resume({ clientHalf: ClientHalf.generate().toString() })).rejects.toMatchObject({ code: 'KC_SSH' });
});

function nobody(): Duplex {
  return new Duplex({ read: () => undefined, write: (_bytes, _encoding, done) => done() });
}

/** One byte of another value; size and time of modification are as they were. */
async function damageInPlace(path: string): Promise<void> {
  const before = await stat(path);
  const file = await open(path, 'r+');
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, 0x100000);
  await file.write(Buffer.from([(byte[0] ?? 0) ^ 1]), 0, 1, 0x100000);
  await file.utimes(before.atime, before.mtime);
  await file.close();
  const after = await stat(path);
  expect([after.size, after.mtime]).toEqual([before.size, before.mtime]);
}

test('a kernel that panics at boot is the kernel’s fault, told with its last words', async () => {
  const commandLine = commandLineFor('tcg').replace('rdinit=/init', 'rdinit=/nowhere root=/dev/nowhere');
  const broken = { ...inputs, spec: { ...inputs.spec, commandLine } };
  await expect(Template.obtain(folder, broken, { limits })).rejects.toMatchObject({
    code: 'KC_GUEST_PANIC',
    blame: 'kernel',
    message: expect.stringContaining('Kernel panic - not syncing'),
  });
});

test('a kernel that never comes up is recognised by the limit, told with what it said last', async () => {
  const commandLine = commandLineFor('tcg').replace('rdinit=/init', 'rdinit=/nowhere root=/dev/nowhere rootwait');
  const waits = { ...inputs, spec: { ...inputs.spec, commandLine } };
  const made = Template.obtain(folder, waits, { limits: { ...limits, bootMs: 10_000 } });
  const error = await made.catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    code: 'KC_GUEST_HANG',
    blame: 'kernel',
    message: expect.stringContaining('within 10 s'),
  });
  expect(error).toMatchObject({ evidence: { console: expect.arrayContaining([expect.stringMatching(/\S/)]) } });
});
