import type { Command } from 'commander';
import { machineOptions } from '../machine-options.ts';
import { acceleratorOption, kernelOption } from '../options.ts';
import type { ReplOptions } from '../session/repl-session.ts';

export function addReplCommand(program: Command): void {
  machineOptions(program.command('repl'))
    .description('start a TypeScript prompt with a guest')
    .addOption(kernelOption())
    .addOption(acceleratorOption())
    .option('--console', "print the guest's console on stderr")
    .addHelpText(
      'after',
      `
The prompt has guest, guest.root, await and everything that 'kconform' exports. Types are removed, not checked. Use import()
instead of import. The history is saved. Ctrl-D or .exit quits.

Examples:
  npx kconform repl --kernel 6.12.57
  > await guest.root.mount('bpffs', '/mnt', 'bpf', 0, 'uid=-1')
  { value: -1, errno: 'EINVAL' }
  > const map = (await guest.root.bpf(bpf.CMD.MAP_CREATE, bpf.mapCreate({ type: bpf.MAP_TYPE.ARRAY, valueSize: 8, maxEntries: 1 }))).fd`,
    )
    .action(async (options: ReplOptions) => {
      const { replSession } = await import('../session/repl-session.ts');
      await replSession(options);
    });
}
