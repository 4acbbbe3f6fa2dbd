import { beforeAll, expect, test } from 'vitest';
import { createGuest } from '../../scenario/api/guest.ts';
import { GuestMachine } from '../guest-machine.ts';
import { limitsFor } from '../limits/limits.ts';
import { PRESTARTED } from '../ssh/rehearsal.ts';
import { templateSetting } from '../template/template.test-support.ts';
import { Template } from '../template/template.ts';
import type { AgentClient } from './client.ts';

const setting = templateSetting();
const limits = limitsFor('tcg');
let template: Template;

beforeAll(async () => {
  template = await Template.obtain(setting.folder, setting.inputs, { limits });
});

/** The pid of the shell that the agent has started ahead; 0 when there is none. */
const waitingShell = async ({ control }: GuestMachine) => Number((await control.readFile(PRESTARTED)).text);
const pidOf = async (agent: AgentClient) => Number((await agent.exec('echo $$')).stdout);

/** What a process can see of itself, without pids and counts of time. */
const SELF = [
  'tr "\\0" "\\n" < /proc/$$/cmdline',
  'tr "\\0" "\\n" < /proc/$$/environ',
  'grep -Ev "^(Pid|Tgid|Ngid|NStgid|NSpid|NSpgid|Vm|Rss|.*ctxt|HugetlbPages)" /proc/$$/status',
  'sed "s/.*) . //" /proc/$$/stat | cut -d " " -f 1,4,5', // parent, terminal
  'test "$(sed "s/.*) . //" /proc/$$/stat | cut -d " " -f 2)" = $$ && echo leads a process group',
  'sed "s/.*) . //" /proc/$$/stat | cut -d " " -f 3', // session
  'cat /proc/$$/limits /proc/$$/cgroup /proc/$$/oom_score_adj /proc/$$/comm',
  'readlink /proc/$$/exe /proc/$$/cwd /proc/$$/root',
  'ls -l /proc/$$/fd > /tmp/files; sed -n "s/:.[0-9]*.$//; s/.* \\([0-9]*\\) -> /\\1 /p" /tmp/files',
  'grep -c . /proc/$$/maps',
  'echo $PPID $0 $# $-; umask; set | grep -v "^_="; trap',
  'cat; echo $$ >&3; exit 7',
];
const LOOK = `exec 3>&2 2>&1\n${SELF.join('\n')}`;

test('the first command of a clone runs in the shell that has started ahead, and cannot tell', async () => {
  await using machine = await GuestMachine.clone(template, limits);
  const waiting = await waitingShell(machine);
  expect(waiting).toBeGreaterThan(1);
  const first = await machine.agent.exec(LOOK, { stdin: 'input' });
  expect(Number(first.stderr)).toBe(waiting);
  const second = await machine.agent.exec(LOOK, { stdin: 'input' });
  expect(Number(second.stderr)).toBeGreaterThan(waiting);
  expect(first.stdout.toString()).toBe(second.stdout.toString());
  expect(first.stdout.toString()).toContain('leads a process group');
  expect(first.exitCode).toBe(7);
  expect(second.exitCode).toBe(7);
}, 60_000);

test.each([
  ['a signal', 'kill -9 $$', { exitCode: null, signal: 'SIGKILL' }],
  ['a program in place of the shell', 'exec sleep 0', { exitCode: 0 }],
  ['no command at all', '', { exitCode: 0 }],
  ['a syntax error', 'if', { exitCode: 2 }],
  ['many lines', `${'true\n'.repeat(300)}exit 9`, { exitCode: 9 }],
])('the first command of a clone ends by %s', async (_what, command, end) => {
  await using machine = await GuestMachine.clone(template, limits);
  expect(await machine.agent.exec(command)).toMatchObject(end);
  expect(await pidOf(machine.agent)).toBeGreaterThan(await waitingShell(machine));
});

test.each([
  ['the first command is long', async ({ agent }: GuestMachine) => agent.exec(`: ${'x'.repeat(3000)}`)],
  [
    'a system call was made before',
    async ({ agent }: GuestMachine) => (await createGuest(agent)).root.syscall('getppid'),
  ],
  [
    'the first command has another environment',
    async ({ agent }: GuestMachine) => {
      const start = { words: ['/bin/sh', '-c', ':'], environment: ['A=b'], onStdout() {}, onStderr() {} };
      await (await agent.start(start)).ended;
    },
  ],
])('the shell that has started ahead is not used when %s', async (_when, before) => {
  await using machine = await GuestMachine.clone(template, limits);
  const waiting = await waitingShell(machine);
  await before(machine);
  expect(await pidOf(machine.agent)).toBeGreaterThan(waiting);
  expect((await machine.control.readFile(`/proc/${waiting}/stat`)).text).toBe('');
});
