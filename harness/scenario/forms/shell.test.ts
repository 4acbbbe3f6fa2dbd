/** Scenarios in shell, in a guest. */
import { expect, test } from 'vitest';
import { scenarioGuest } from './forms.test-support.ts';

const forms = scenarioGuest();

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
  const seen = await forms.run('all.sh', script, { onOutput: (bytes) => live.push(bytes.toString()) });
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
  expect(await forms.run('fails.sh', 'observe before yes\nfalse\nobserve after yes')).toMatchObject({
    before: 'yes',
    exitCode: 1,
    output: '',
  });
});

test('the transcript has its output and observations before it ends', async () => {
  const running = forms.run('slow.sh', 'observe first yes; echo printed; sleep 3');
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  expect(forms.transcript.text()).toMatch(/\/bin\/sh -eu \S*slow\.sh <unfinished>\n( {2}\| .*\n)+$/);
  expect(forms.transcript.text().slice(-80)).toContain('  | printed\n');
  expect(forms.transcript.text().slice(-80)).toContain('  | text first 3\n  | yes\n');
  await running;
  expect(forms.transcript.text()).toMatch(/ {2}\| end exit 1\n {2}\| 0\n {2}exit code 0\n$/);
});

test('a signal is observed by its name', async () => {
  expect(await forms.run('killed.sh', 'kill -ABRT $$')).toEqual({ exitCode: null, signal: 'SIGABRT', output: '' });
});

test('children that go on do not hold it up', async () => {
  expect(await forms.run('child.sh', 'sleep 300 &\necho started')).toMatchObject({ exitCode: 0, output: 'started' });
});

test('one that says how long it runs is stopped then', async () => {
  expect(await forms.run('loop.sh', '# kconform: ends after 1 s\necho on; while :; do sleep 1; done')).toEqual({
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
  const running = forms.run('unset.sh', script);
  await expect(running).rejects.toMatchObject({ code: 'KC_SCRIPT_BROKEN', blame: 'case' });
  await expect(running).rejects.toThrow(message);
});

test('output that is not UTF-8 is observed byte by byte', async () => {
  expect(await forms.run('bytes.sh', "printf 'a\\377\\000\\n'")).toMatchObject({ output: 'a\\xff\0', exitCode: 0 });
});

test.each([
  ['100 MB of output', 'yes kconform | head -c 100000000', 'KC_OUTPUT_TOO_LARGE', 'more than 16 MiB'],
  ['the end of the whole session', 'kill -9 $PPID', 'KC_SCENARIO_CUT_OFF', 'the scenario was cut off'],
])('%s is the case’s fault, and the guest lives', async (_, script, code, message) => {
  const running = forms.run('output.sh', script);
  await expect(running).rejects.toMatchObject({ code, blame: 'case' });
  await expect(running).rejects.toThrow(message);
  expect((await forms.guest.$`echo alive`).stdout).toBe('alive');
});
