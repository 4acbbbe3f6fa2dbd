import { expect, test } from 'vitest';
import { kconform, onTerminal } from '../end-to-end/command-line.test-support.ts';

test('piped lines are evaluated one after the other, types and all, against a live guest', async () => {
  const input = `const path: string = '/mnt'
await guest.root.mount('bpffs', path, 'bpf', 0, 'uid=-1')
const made = await guest.root.mount('bpffs', path, 'bpf', 0, 'uid=1000')
made.errno
async function owner(of: string): Promise<number> {
  return (await guest.stat(of)).uid;
}
await owner(path)
{ flag: CAP.BPF }
await guest.$\`false\`
(await guest.root.rmdir('/nowhere')).errno
`;
  const result = await kconform(['repl'], { input });
  expect(result.stdout.replaceAll(/^(> |\.\.\. )+/gm, '')).toBe(`undefined
{ value: -1, errno: 'EINVAL' }
undefined
null
undefined
1000
{ flag: 39n }
Uncaught:
kconform: a shell command failed (exit code 1): false
  use guest.$.nothrow\`…\` for a command that may fail
'ENOENT'
`);
  expect(result.exitCode).toBe(0);
  expect(result.leftovers).toEqual([]);
});

test('on a terminal: completion, history, and Ctrl-C for what does not end', async () => {
  const terminal = onTerminal(['repl']);
  await terminal.until(/> /);
  terminal.type(`'${'first'}' + ' entry'\r`);
  await terminal.until(/'first entry'/);
  terminal.type('guest.root.fscon');
  await terminal.until(/fscon/);
  terminal.type('\t');
  await terminal.until(/fsconfig/);
  terminal.type('\t');
  await terminal.until(/guest\.root\.fsconfigString/);
  terminal.type('\x03');
  terminal.type('await new Promise(() => {})\r');
  await terminal.until(/Promise\(\(\) => \{\}\)\s*\n/);
  terminal.type('\x03');
  await terminal.until(/interrupted by `SIGINT`/);
  terminal.type('.exit\r');
  expect((await terminal.ended).exitCode).toBe(0);

  const later = onTerminal(['repl']);
  await later.until(/> /);
  later.type('\x1b[A\x1b[A\x1b[A');
  await later.until(/'first' \+ ' entry'/);
  later.type('\x03.exit\r');
  expect((await later.ended).exitCode).toBe(0);
});

test('a guest that dies ends the prompt and says why', async () => {
  const result = await kconform(['repl'], { input: "await guest.$`echo c > /proc/sysrq-trigger`\n'after'\n" });
  expect(result.stderr).toContain('Kernel panic - not syncing');
  expect(result.exitCode).toBe(2);
  expect(result.leftovers).toEqual([]);
});
