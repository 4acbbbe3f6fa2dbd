import type { Command } from 'commander';
import { evidenceFiles } from '../../evidence/evidence.ts';
import { kernelFacts } from '../../evidence/kernel-facts.ts';
import { writeEvidence } from '../../evidence/write-evidence.ts';
import { DEFAULT_MACHINE } from '../../machine/machine.ts';
import { evidenceName, storedSubject } from '../evidence-source.ts';
import { withInterruption } from '../interruption.ts';
import { progressToStderr } from '../options.ts';

interface Options {
  readonly to?: string;
  readonly kernel?: string;
  readonly withKernel?: true;
  readonly cases?: string;
}

export function addEvidenceCommand(program: Command): void {
  program
    .command('evidence')
    .description('write what shows a bug to somebody without kconform: reproducer, kernel, QEMU command, console')
    .argument('<out>', 'the --out folder of run, repro, matrix, timeline or try')
    .argument('[case]', 'the case, or the file that repro was given (default: the only one of the results)')
    .option('--to <name>', 'the new folder, or an archive: NAME.tar.zst, .tar.gz, .tar.xz (default: evidence-CASE)')
    .option('--kernel <name>', 'the kernel of the results (default: the newest that shows the bug)')
    .option('--with-kernel', 'add the image of the kernel; one that is in no package is added anyway')
    .option('--cases <folder>', "the folder with the cases (default: that of kconform.config.ts, else kconform's own)")
    .addHelpText(
      'after',
      `
README.txt of the evidence says what is in it and how to run it. A reproducer in C or shell runs without kconform: a script gets the
kernel, one builds an initramfs, one boots it. For a scenario in TypeScript, the calls that it made are written down. Nothing that
exists is replaced.

Examples:
  npx kconform evidence out proc/link-count
  npx kconform evidence out report.c --to report.tar.zst
  npx kconform evidence out overlay/empty-capability --kernel 6.12.43 --with-kernel

Exit codes: 0 written, 2 not written.`,
    )
    .action(evidenceCommand);
}

async function evidenceCommand(out: string, asked: string | undefined, options: Options): Promise<void> {
  process.exitCode = await withInterruption(async (signal) => {
    const { stored, source, notes } = await storedSubject(out, asked, { ...options, signal });
    const { kernel, machine } = stored.subject.result;
    const facts = await kernelFacts(kernel, machine ?? DEFAULT_MACHINE, { signal, progress: progressToStderr });
    const withImage = options.withKernel === true || facts.package === undefined;
    const to = options.to ?? evidenceName(stored.name);
    await writeEvidence(await evidenceFiles({ stored, source, kernel: facts, withImage, notes }), to);
    process.stdout.write(`wrote ${to}; ${to.includes('.tar') ? 'its ' : ''}README.txt says what is in it\n`);
    return 0;
  });
}
