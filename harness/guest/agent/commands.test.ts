import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { hostAgent } from '../../scenario/agent/agent.test-support.ts';
import type { RunningCommand } from './commands.ts';

const host = hostAgent();
const text = (bytes: Buffer) => bytes.toString('utf8');

test('a command has its input, its two streams of output and its exit code', async () => {
  const agent = host.client();
  const result = await agent.exec('cat; echo "a  b" >&2; pwd; exit 7', { stdin: 'first\nsecond \\ line\n' });
  expect(result).toEqual({
    stdout: Buffer.from(`first\nsecond \\ line\n${'/root'}\n`),
    stderr: Buffer.from('a  b\n'),
    exitCode: 7,
    signal: null,
  });
});

test('the end by a signal has its name; a program that does not exist is 127', async () => {
  const agent = host.client();
  expect(await agent.exec('kill -9 $$')).toMatchObject({ exitCode: null, signal: 'SIGKILL' });
  expect(await agent.exec('exec /nowhere 2>/dev/null')).toMatchObject({ exitCode: 127 });
  const said: Buffer[] = [];
  const absent = { words: ['/nowhere'], onStdout: () => undefined, onStderr: (bytes: Buffer) => said.push(bytes) };
  expect(await (await agent.start(absent)).ended).toEqual({ exitCode: 127, signal: null });
  expect(text(Buffer.concat(said))).toBe('/nowhere: cannot be executed: error -2\n');
});

test('bytes come through as they are, in order, as many as they are', async () => {
  const agent = host.client();
  const bytes = Buffer.from(Array.from({ length: 3_000_001 }, (_, index) => (index * 7919) & 0xff));
  const { stdout, exitCode } = await agent.exec('cat', { stdin: bytes });
  expect(exitCode).toBe(0);
  expect(stdout.equals(bytes)).toBe(true);
});

test('input that nobody takes does not keep a command from its end', async () => {
  const agent = host.client();
  const { stdout } = await agent.exec('head -c 3', { stdin: Buffer.alloc(5_000_000, 'x') });
  expect(text(stdout)).toBe('xxx');
});

test('a command line may be as long as the kernel allows an argument; a longer one is the error of execve(2)', async () => {
  const agent = host.client();
  const { stdout } = await agent.exec(`echo ${'x'.repeat(130_000)}`);
  expect(stdout.length).toBe(130_001);
  expect(await agent.exec(`echo ${'x'.repeat(140_000)}`)).toMatchObject({
    exitCode: 127,
    stderr: Buffer.from('/bin/sh: cannot be executed: error -7\n'),
  });
});

test('a command ends with its first process, whoever still holds its output', async () => {
  const agent = host.client();
  const { stdout } = await agent.exec('echo before; sleep 30 & echo $!');
  const [before, pid] = text(stdout).trim().split('\n');
  expect(before).toBe('before');
  expect((await agent.exec(`kill ${pid}`)).exitCode).toBe(0);
});

test('1000 commands at once all run, each once', async () => {
  const agent = host.client();
  const numbers = Array.from({ length: 1000 }, (_, index) => String(index));
  const results = await Promise.all(
    numbers.map((number) => agent.exec(`echo ${number} >>${host.folder}/ran; echo ${number}`)),
  );
  expect(results.map(({ stdout }) => text(stdout).trim())).toEqual(numbers);
  const { stdout } = await agent.exec(`sort -n ${host.folder}/ran`);
  expect(text(stdout).trim().split('\n')).toEqual(numbers);
});

test('too much output, too much time and an interruption kill the command and all of its process group', async () => {
  const agent = host.client();
  await expect(agent.exec('yes')).rejects.toMatchObject({ code: 'KC_OUTPUT_TOO_LARGE', blame: 'case' });
  await expect(agent.exec('sleep 1000.25; true', { limitMs: 200 })).rejects.toMatchObject({ code: 'KC_SHELL_TIMEOUT' });
  const interrupt = new AbortController();
  const waiting = agent.exec('sleep 1000.25; true', { signal: interrupt.signal });
  interrupt.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'KC_INTERRUPTED', blame: 'host' });
  const left = async () => text((await agent.exec("pgrep -f '^sleep 1000[.]25'; pgrep -P $PPID yes")).stdout);
  await expect.poll(left, { timeout: 5_000 }).toBe('');
});

test('a terminal is one: its size, what is typed, and Ctrl-C', async () => {
  const agent = host.client();
  let said = '';
  const start = {
    words: ['/bin/sh', '-c', 'stty size; tty; read -r line; echo "got $line"; sleep 1000'],
    terminal: { rows: 33, columns: 77 },
    onStdout: (bytes: Buffer) => {
      said += text(bytes);
    },
    onStderr: () => undefined,
  };
  const running: RunningCommand = await agent.start(start);
  await expect.poll(() => said).toMatch(/^33 77\r\n\/dev\/pts\/\d+\r\n/);
  running.stdin.write('hello\n');
  await expect.poll(() => said).toContain('got hello');
  running.stdin.write('\x03');
  expect(await running.ended).toEqual({ exitCode: null, signal: 'SIGINT' });
});

test('a command has the limit on open files that the agent was started with', async () => {
  const agent = host.client();
  const { stdout } = await agent.exec('ulimit -n');
  expect(text(stdout)).toBe(execFileSync('/bin/sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }));
});

test('an agent that is late with the signal to a command is no call that hangs in the kernel', async () => {
  const agent = host.client();
  const ignore = () => undefined;
  const running = await agent.start({ words: ['/bin/sleep', '1000'], onStdout: ignore, onStderr: ignore });
  host.child.kill('SIGSTOP');
  const killed = running.kill(9);
  expect(await agent.expireCalls()).toBe(undefined);
  host.child.kill('SIGCONT');
  await killed;
  expect(await running.ended).toEqual({ exitCode: null, signal: 'SIGKILL' });
});

test('nothing that was started outlives the connection', async () => {
  const agent = host.client();
  let said = '';
  const keep = (bytes: Buffer) => {
    said += text(bytes);
  };
  const words = ['/bin/sh', '-c', 'sleep 1000.75 & echo $!; wait'];
  const running = await agent.start({ words, onStdout: keep, onStderr: keep });
  await expect.poll(() => said).toMatch(/^\d+\n$/);
  host.child.stdin.end();
  await expect(running.ended).rejects.toMatchObject({ code: 'KC_AGENT_CLOSED' });
  await expect(agent.exec('true')).rejects.toMatchObject({ code: 'KC_AGENT_CLOSED' });
  await expect.poll(() => [running.pid, Number(said)].filter(isAlive)).toEqual([]);
});

/** Not so for a zombie: nobody may be there to wait for it. */
function isAlive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

test('an error of our own while output is taken is the cause of the closed connection, not lost', async () => {
  const agent = host.client();
  const fault = new TypeError('no such variable');
  const onStdout = () => {
    throw fault;
  };
  const running = await agent.start({
    words: ['/bin/sh', '-c', 'sleep 0.1; echo a'],
    onStdout,
    onStderr: () => undefined,
  });
  await expect(running.ended).rejects.toMatchObject({ code: 'KC_AGENT_CLOSED', cause: fault });
});

test('a process that is started meanwhile does not keep the input of a command open', async () => {
  const agent = host.client();
  const command = await agent.start({ words: ['/bin/cat'], onStdout: () => undefined, onStderr: () => undefined });
  await agent.spawn(); // the agent has started the first one ahead
  await agent.spawn();
  command.stdin.end();
  expect(await command.ended).toEqual({ exitCode: 0, signal: null });
});
