import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { execa } from 'execa';
import { KconformError } from '../../errors/error.ts';
import { testedMail, triedPatch, verdictOf } from '../../evidence/mail/tested-mail.ts';
import { readPatches } from '../../kernels/patches/read-patches.ts';
import { readStoredRun } from '../../run/results/stored-run.ts';
import { writeHint } from '../../run/results/write-hint.ts';
import { withInterruption } from '../interruption.ts';
import { mailPatchFacts, missingFacts } from '../mail/patch-facts.ts';
import { reportFor } from '../mail/report.ts';
import { collect, progressToStderr } from '../options.ts';
import { othersThan, readTried } from '../try/tried.ts';

export interface MailOptions {
  readonly to?: string;
  readonly kernel?: string;
  readonly from?: string;
  readonly file?: readonly string[];
  readonly tree?: string;
  readonly introduced?: string;
  readonly attachment?: string;
  readonly tested?: true | string;
  readonly cases?: string;
}

export function addMailCommand(program: Command): void {
  program
    .command('mail')
    .description('write the text of a bug report, or of a Tested-by for a patch; sends nothing')
    .argument('<out>', 'the --out folder of run, repro, matrix, timeline or try')
    .argument('[case]', 'the case, or the file that repro was given (default: the only one of the results)')
    .option('--to <file>', 'write the text to this file (default: standard output)')
    .option('--kernel <name>', 'the kernel of the results (default: the newest that shows the bug)')
    .option('--from <address>', 'your name and address: "Name <name@example.org>" (default: those of git config)')
    .option(
      '--file <path>',
      'the file of the kernel with the bug, for the addressees: fs/proc/generic.c; repeatable',
      collect,
    )
    .option('--tree <folder>', 'the source whose MAINTAINERS is read (default: the newest in the cache)')
    .option('--introduced <commit>', 'the commit that a bisection found, for #regzbot')
    .option('--attachment <name>', 'what the text calls the evidence (default: evidence-CASE.tar.zst)')
    .option(
      '--tested [patch]',
      'write a reply to a patch that `kconform try --out` ran: the patch, or the mail with it',
    )
    .option('--cases <folder>', "the folder with the cases (default: that of kconform.config.ts, else kconform's own)")
    .addHelpText(
      'after',
      `
The text follows the kernel's Documentation/admin-guide/reporting-issues.rst. Everything in it comes from the results, from results of
other kernels that the cache keeps, and from the options; the rest is stated as unknown. A line "#regzbot introduced:" is there only if an older kernel of the same configuration was seen without
the bug. Addressees are those of scripts/get_maintainer.pl for the files of the splat, of the case or of --file. A Tested-by is there only if
a case failed without the patch, passes with it, and none is worse or undetermined; results of another patch are refused. Read the text before you send it.

Examples:
  npx kconform mail out proc/link-count
  npx kconform mail out report.eml --to report.txt --file fs/proc/task_mmu.c
  npx kconform mail tried --tested fix.patch --from 'Name <name@example.org>'

Exit codes: 0 written, 2 there is nothing to report or it cannot be written.`,
    )
    .action(mailCommand);
}

async function mailCommand(out: string, asked: string | undefined, options: MailOptions): Promise<void> {
  process.exitCode = await withInterruption(async (signal) => {
    const from = options.from ?? (await fromOfGit());
    const text =
      options.tested === undefined
        ? await reportFor(out, asked, { ...options, from, signal })
        : await testedText(out, asked, { ...options, tested: options.tested, from, signal });
    if (options.to === undefined) process.stdout.write(text);
    else await writeText(options.to, text);
    return 0;
  });
}

/** @throws KC_NOTHING_TO_REPORT (host) for results of another command than `try`, or of another patch */
async function testedText(
  out: string,
  asked: string | undefined,
  options: { readonly tested: true | string; readonly from: string | undefined; readonly signal: AbortSignal },
): Promise<string> {
  const { tested, from, signal } = options;
  if (asked !== undefined) throw notTested(`--tested is about all cases that were tried, not about ${asked} alone`);
  const record = await readStoredRun(out);
  const made = await readTried(out);
  const series = tested === true ? undefined : await readPatches([tested], signal);
  const others = series === undefined || tested === true ? 0 : othersThan(series.patches, made, tested);
  const tried = triedPatch(record, made, others);
  if ('unusable' in tried) throw notTested(`${out} cannot be used for --tested: ${tried.unusable}`);
  const patch = series === undefined || tested === true ? {} : await mailPatchFacts(tested, series);
  for (const line of missingFacts(patch)) progressToStderr(line);
  const verdict = verdictOf(tried);
  if (verdict !== 'fixes') progressToStderr(`no Tested-by: ${WITHOUT_TAG[verdict]}`);
  else if (from === undefined) progressToStderr('no name is known for Tested-by: use --from, or git config');
  return testedMail(tried, patch, from);
}

function notTested(message: string): KconformError {
  return new KconformError(message, {
    code: 'KC_NOTHING_TO_REPORT',
    blame: 'host',
    hint: 'npx kconform try PATCH --case CASE --out FOLDER makes results for all cases; then mail FOLDER --tested PATCH',
  });
}

const WITHOUT_TAG = {
  changed: 'no case that fails without the patch passes with it',
  'no difference': 'no case that was run differs with the patch',
  worse: 'a case is worse with the patch',
  undetermined: 'a case could not be judged, differs from run to run, or is a race that may not have shown',
} as const;

async function fromOfGit(): Promise<string | undefined> {
  const ask = async (key: string) => (await execa('git', ['config', key], { reject: false })).stdout?.trim();
  const [name, address] = [await ask('user.name'), await ask('user.email')];
  return name && address ? `${name} <${address}>` : undefined;
}

async function writeText(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: 'wx' });
  } catch (cause) {
    const isThere = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
    const what = isThere ? 'it exists' : cause instanceof Error ? cause.message : String(cause);
    throw new KconformError(`cannot write ${file}: ${what}`, {
      code: 'KC_EVIDENCE',
      blame: 'host',
      hint: isThere ? 'name another file with --to, or remove it first' : writeHint(cause, '--to', 'another file'),
      cause,
    });
  }
}
