import type { Command } from 'commander';
import { buildKernel, buildTree } from '../../kernels/build/build.ts';
import type { Kernel } from '../../kernels/kernel.ts';
import { TerminalReporter } from '../../report/text/terminal.ts';
import { duration } from '../../report/text/text.ts';
import { withInterruption } from '../interruption.ts';

interface Options {
  readonly source: string;
  readonly profile: string;
  readonly tree?: string;
}

export function addBuildCommand(program: Command): void {
  program
    .command('build')
    .description('build an instrumented kernel from published source or from your own tree')
    .option('--source <version>', 'the published source: 6.12 (newest), 6.12.117', '6.12')
    .option('--profile <name>', 'the build profile: debug, kasan, nobtf or plain (images/kernels/profiles)', 'debug')
    .option('--tree <folder>', 'build this source tree instead; nothing is written into it')
    .addHelpText(
      'after',
      `
Examples:
  npx kconform build                            the newest published 6.12 with kmemleak, lockdep and the like
  npx kconform run --kernel 6.12+debug          run cases on it
  npx kconform build --source 6.12.107 --profile kasan
  npx kconform build --tree ~/linux             your own tree, as --kernel linux+debug

The first build takes about 10 minutes on two cores. An interrupted build continues where it stopped. The output of make is in
build.log in the cache.`,
    )
    .action(async (options: Options) => {
      process.exitCode = await withInterruption(async (signal) => {
        const terminal = new TerminalReporter(process.stderr);
        const progress = (message: string) => terminal.on({ type: 'progress', message });
        const startedAt = performance.now();
        const kernel: Kernel =
          options.tree === undefined
            ? await buildKernel({ source: options.source, profile: options.profile }, { signal, progress })
            : await buildTree(options.tree, options.profile, { signal, progress });
        progress('');
        process.stdout.write(
          `${kernel.version} is built (${duration(performance.now() - startedAt)})\n  npx kconform run --kernel ${kernel.spec}\n`,
        );
        return 0;
      });
    });
}
