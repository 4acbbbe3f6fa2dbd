import { Duplex } from 'node:stream';
import { execa } from 'execa';
import { beforeAll, expect, test } from 'vitest';
import { GuestBuffer } from '../../scenario/agent/batch.ts';
import { createGuest } from '../../scenario/api/guest.ts';
import { GuestMachine } from '../guest-machine.ts';
import { limitsFor } from '../limits/limits.ts';
import type { Control } from '../qemu/control.ts';
import { templateSetting } from '../template/template.test-support.ts';
import { Template } from '../template/template.ts';
import { SshAccess } from './access.ts';
import { ClientHalf } from './prelogin/key-exchange.ts';
import { type Prelogin, resumePrelogin } from './prelogin/prelogin.ts';

const setting = templateSetting();
let template: Template;
const limits = limitsFor('tcg');

beforeAll(async () => {
  template = await Template.obtain(setting.folder, setting.inputs, { limits });
});

/** fanotify(7), linux/fanotify.h */
const FAN_CLASS_CONTENT = 4;
const FAN_MARK_ADD = 1;
const FAN_OPEN_EXEC_PERM = 0x40000;
const FAN_ALLOW = 1;
const AT_FDCWD = -100;

/** In a command's shell, the pids of its agent and of that one's SSH server. */
const AGENT = '$PPID';
const SERVER = '$(sed -n "s/^PPid:.//p" /proc/$PPID/status)';

const recorded = () => {
  if (template.prelogin === undefined) throw new TypeError('this server’s login could not be recorded');
  return template.prelogin;
};

test('nothing runs below the agent of a clone but what it was asked for, so no scenario can see or stop more', async () => {
  await using machine = await GuestMachine.clone(template, limits);
  const { root } = await createGuest(machine.agent);
  await root.syscall('getppid');
  const { stdout } = await machine.agent.exec(
    `ps -o pid,ppid,comm | awk -v of=${AGENT} '$2 == of { print $1, $3 }'; echo the shell is $$`,
  );
  const below = stdout
    .toString()
    .split('\n')
    .filter((line) => /^\d+ (?!agent$)/.test(line));
  expect(stdout.toString()).toMatch(/the shell is \d+/);
  expect(below).toEqual([`${/the shell is (\d+)/.exec(stdout.toString())?.[1]} sh`]);
});

// The network namespace of a zombie is gone, so that reading its /proc/PID/net fails: kselftest's proc/read fails for that.
test('no process of a clone is a zombie, also after a server that had no client', async () => {
  await using machine = await GuestMachine.clone(template, limits);
  const { stdout } = await machine.agent.exec('cat /proc/[0-9]*/stat');
  const states = stdout.toString().match(/\) [A-Z] /g) ?? [];
  expect(states.length).toBeGreaterThan(20);
  expect(states).not.toContain(') Z ');
});

test('a clone continues a recorded login; the login of another template is refused', async () => {
  const other = await Template.obtain(setting.folder, { ...setting.inputs, qemu: 'another' }, { limits });
  await using machine = await GuestMachine.clone(template, limits);
  expect((await machine.agent.exec('echo here')).stdout.toString()).toBe('here\n');

  await using second = await template.startClone();
  if (second.ssh === undefined || other.prelogin === undefined) throw new TypeError('a clone has an SSH port');
  await second.control.adopt();
  await expect(resumePrelogin(second.ssh, template.hostKey, other.prelogin)).rejects.toMatchObject({ code: 'KC_SSH' });
});

test('what the kernel logs in a clone before init hears of the case is in the log of the case', async () => {
  await using clone = await template.startClone();
  await clone.control.writeFile('/dev/kmsg', '<1>BUG: right after the restore');
  await clone.control.adopt();
  const { records } = await clone.control.readLog();
  expect(records).toEqual([expect.stringMatching(/;BUG: right after the restore$/)]);
});

test('a recorded login of which a byte has changed, or our own half, is refused', async () => {
  const prelogin = recorded();
  const resume = (changed: Partial<Prelogin>) =>
    resumePrelogin(nobody(), template.hostKey, { ...prelogin, ...changed });
  (await resume({}))[Symbol.dispose]();
  const flipped = (bytes: Buffer, at: number) => {
    const copy = Buffer.from(bytes);
    copy[at] = (copy[at] ?? 0) ^ 1;
    return copy;
  };
  const { login, agent, command } = prelogin;
  for (const at of [login.indexOf('\n') + 30, login.length >> 1, login.length - 1])
    await expect(resume({ login: flipped(login, at) }), `login ${at}`).rejects.toMatchObject({ code: 'KC_SSH' });
  await expect(resume({ agent: flipped(agent, agent.length - 1) })).rejects.toMatchObject({ code: 'KC_SSH' });
  await expect(resume({ command: flipped(command, command.length - 1) })).rejects.toMatchObject({ code: 'KC_SSH' });
  await expect(resume({ clientHalf: ClientHalf.generate().toString() })).rejects.toMatchObject({ code: 'KC_SSH' });
});

test('a template without a recorded login has clones that log in by themselves', async () => {
  const plain = await Template.obtain(setting.folder, { ...setting.inputs, login: 'own' }, { limits });
  expect(plain.prelogin).toBeUndefined();
  expect(plain.folder).not.toBe(template.folder);
  await using machine = await GuestMachine.clone(plain, limits);
  expect((await machine.agent.exec('echo here')).stdout.toString()).toBe('here\n');
});

test('a template whose SSH server speaks after what was recorded is not kept', async () => {
  let errno: number | undefined;
  const prepare = async (control: Control) => {
    for (let process = 2; process < 300; process++) {
      const { text } = await control.readFile(`/proc/${process}/cmdline`);
      // The agent itself, not its first worker: that one's output is /dev/null.
      if (text.startsWith('/bin/agent')) errno ??= await control.writeFile(`/proc/${process}/fd/1`, 'unasked');
    }
  };
  const talkative = Template.obtain(setting.folder, { ...setting.inputs, qemu: 'talkative' }, { limits, prepare });
  await expect(talkative).rejects.toMatchObject({ code: 'KC_FREEZE', blame: 'harness' });
  expect(errno).toBe(0);
  await Template.obtain(setting.folder, { ...setting.inputs, qemu: 'talkative' }, { limits });
});

test('the end of the SSH server, or of the agent, ends what waits for it, at once', async () => {
  for (const doomed of [SERVER, AGENT]) {
    await using machine = await GuestMachine.clone(template, limits);
    const { root } = await createGuest(machine.agent);
    const waiting = expect(machine.agent.exec('sleep 1000')).rejects.toMatchObject({ code: 'KC_AGENT_CLOSED' });
    const call = expect(root.syscall('pause')).rejects.toMatchObject({ code: 'KC_AGENT_CLOSED' });
    await expect(machine.agent.exec(`kill -9 ${doomed}`)).rejects.toMatchObject({ code: 'KC_AGENT_CLOSED' });
    await waiting;
    await call;
    await expect(machine.agent.exec('true')).rejects.toMatchObject({ code: 'KC_AGENT_CLOSED' });
  }
}, 60_000);

test('what was started through a connection ends with its SSH server', async () => {
  await using machine = await GuestMachine.clone(template, limits);
  const { agent, control } = machine;
  const running = agent.exec('scenario 100000 /bin/sh -c "exec sleep 1000"').catch((error: unknown) => error);
  await expect.poll(() => programs(control), { timeout: 10_000 }).toContain('sleep');
  await agent.spawn();
  await agent.exec(`kill -9 ${SERVER}`).catch(() => undefined);
  expect(await running).toMatchObject({ code: 'KC_AGENT_CLOSED' });
  await expect.poll(() => programs(control), { timeout: 10_000 }).toEqual(['dropbear', 'init']);
}, 60_000);

test('a plain OpenSSH client has a connection of its own, with the outcome that a script has through the agent', async () => {
  await using machine = await GuestMachine.clone(template, limits);
  await using access = await SshAccess.open(machine);
  const script = 'id -u; pwd; umask; ulimit -n; echo "a  b" | tr b c; echo >&2 oops; exit 7';
  const [program = '', ...words] = access.command.split(' ');
  const ssh = await execa(program, [...words, 'sh -eu'], { input: script, reject: false });
  const own = await machine.agent.exec('sh -eu', { stdin: script });
  expect({ exitCode: ssh.exitCode, stdout: `${ssh.stdout}\n`, stderr: `${ssh.stderr}\n` }).toEqual({
    exitCode: own.exitCode,
    stdout: own.stdout.toString(),
    stderr: own.stderr.toString(),
  });
  expect(own.exitCode).toBe(7);
}, 60_000);

test('1000 commands at once all run in one guest', async () => {
  await using machine = await GuestMachine.clone(template, limits);
  const numbers = Array.from({ length: 1000 }, (_, index) => String(index));
  const results = await Promise.all(numbers.map((number) => machine.agent.exec(`echo ${number}`)));
  expect(results.map(({ stdout }) => stdout.toString().trim())).toEqual(numbers);
});

test('a command that hangs in execve(2) keeps its own words, and nothing else from being done', async () => {
  await using machine = await GuestMachine.clone(template, limits);
  const { root } = await createGuest(machine.agent);
  await machine.agent.exec('cp /bin/busybox /tmp/echo');
  const monitor = Number((await root.syscall('fanotify_init', FAN_CLASS_CONTENT, 0)).value);
  const marked = await root.syscall('fanotify_mark', monitor, FAN_MARK_ADD, FAN_OPEN_EXEC_PERM, AT_FDCWD, '/tmp/echo');
  expect(marked.errno).toBeNull();

  let said = '';
  const keep = (bytes: Buffer) => {
    said += bytes.toString();
  };
  const asked = { words: ['/tmp/echo', 'my', 'words'], environment: [], onStdout: keep, onStderr: keep };
  const held = await machine.agent.start(asked);
  const path = `/proc/${held.pid}/exe`;
  const others = ['one', 'two', 'three'].map((word) => machine.agent.exec(`echo ${word}; readlink ${path}`));
  const heard = (await Promise.all(others)).map(({ stdout }) => stdout.toString());
  expect(heard).toEqual(['one\n/init\n', 'two\n/init\n', 'three\n/init\n']);
  expect(said).toBe('');

  const { bytes } = await root.read(monitor, 4096);
  const response = Buffer.alloc(8); // struct fanotify_response
  response.writeInt32LE(bytes.readInt32LE(16)); // struct fanotify_event_metadata.fd
  response.writeUInt32LE(FAN_ALLOW, 4);
  await root.syscall('write', monitor, new GuestBuffer(response), response.length);
  expect(await held.ended).toEqual({ exitCode: 0, signal: null });
  expect(said).toBe('my words\n');
});

/** Names of the programs that run in the guest besides the kernel's threads, as init sees them. */
async function programs(control: Control): Promise<string[]> {
  const names = new Set<string>();
  for (let pid = 1; pid < 400; pid++) {
    const { text } = await control.readFile(`/proc/${pid}/cmdline`);
    const name = text.split('\0')[0]?.split('/').at(-1);
    if (name !== undefined && name !== '') names.add(name);
  }
  return [...names].sort();
}

function nobody(): Duplex {
  return new Duplex({ read: () => undefined, write: (_bytes, _encoding, done) => done() });
}
