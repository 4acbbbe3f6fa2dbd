import type { Command } from 'commander';
import { acceleratorOption, kernelOption } from '../options.ts';
import type { ReplOptions } from '../session/repl-session.ts';

export function addReplCommand(program: Command): void {
  program
    .command('repl')
    .description('TypeScript at a prompt, with a guest at hand')
    .addOption(kernelOption())
    .addOption(acceleratorOption())
    .option('--console', "the kernel's console too, on stderr")
    .addHelpText(
      'after',
      `
At the prompt are guest, guest.root, everything that 'kconform' exports, and await. Types are taken away, not checked;
import() takes the place of import. The history is kept. Ctrl-D or .exit leaves.

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
