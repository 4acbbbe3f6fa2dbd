/**
 * crash(8) and drgn of Debian 13 open a dump of a guest of 6.12 and list its tasks. They run in a room, as Debian 12 has no drgn and a crash
 * that does not know 6.12. The debug information of the kernel is 320 MB to download, once.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { kconform } from '../../harness/cli/end-to-end/command-line.test-support.ts';
import { whyNot } from './base.ts';
import { HOME, Room } from './room.ts';

const LIMIT_MS = 3_600_000;
const reason = await whyNot('trixie');
const PRINT_TASKS = `
from drgn.helpers.linux.pid import find_task, for_each_task
for task in for_each_task(prog):
    print(task.comm.string_().decode())
print(prog.stack_trace(find_task(prog, 1)))
`;

test.skipIf(reason !== undefined)(
  `crash and drgn open a dump of 6.12 with the printed commands${reason === undefined ? '' : `: ${reason}`}`,
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kc-dump-'));
    const signal = AbortSignal.timeout(LIMIT_MS);
    try {
      const dump = join(folder, 'core');
      const script = join(folder, 'crash.sh');
      await writeFile(script, 'echo c > /proc/sysrq-trigger\n');
      const words = ['repro', script, '--kernel', '6.12.118', '--cpus', '2', '--stop-at', 'panic', '--dump', dump];
      const { stderr } = await kconform(words, { limitMs: LIMIT_MS });
      const [, image = ''] = /^open it: crash (\S+) \S+$/m.exec(stderr) ?? [];
      expect(stderr).toContain(`open it: crash ${image} ${dump}`);
      expect(stderr).toContain(`open it: drgn -c ${dump} -s ${image}`);

      await using room = await Room.of('trixie', signal);
      await room.copyIn(image, `${HOME}/vmlinux`);
      await room.copyIn(dump, `${HOME}/core`);
      await room.write(`${HOME}/tasks.py`, PRINT_TASKS);
      const install = 'apt-get update && apt-get install --yes --no-install-recommends crash python3-drgn';
      const installed = await room.run(['sh', '-c', install], { env: { DEBIAN_FRONTEND: 'noninteractive' } });
      expect(installed.exitCode, installed.output).toBe(0);
      const inRoom = (command: string) => room.run(['sh', '-c', command], { as: 'user', cwd: HOME });

      const crash = await inRoom("printf 'ps\\nbt -a\\nquit\\n' | crash -s vmlinux core");
      expect(crash.output).toMatch(/^ +1 +0 +[01] +[0-9a-f]{16} +IN .* init$/m);
      expect(crash.output).toMatch(/^ +2 +0 .* \[kthreadd\]$/m);
      expect(crash.output).toMatch(/sysrq_handle_crash at/);

      const drgn = await inRoom('drgn -c core -s vmlinux tasks.py');
      expect(drgn.output).toMatch(/^kthreadd$/m);
      expect(drgn.output).toMatch(/^#\d+ +__x64_sys_poll \(fs\/select\.c:\d+:\d+\)$/m);
      expect(drgn.exitCode, drgn.output).toBe(0);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
  LIMIT_MS,
);
