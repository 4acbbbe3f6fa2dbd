import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Command, Option } from 'commander';
import { brokenKernels } from '../../../images/kernels/broken/all.ts';
import { survivors } from '../../../images/kernels/broken/survivors.ts';
import { KconformError } from '../../errors/error.ts';
import type { BrokenKernel } from '../../prove/broken-kernel.ts';
import { declarationFaults, declaredAt } from '../../prove/declarations.ts';
import { drawMutants } from '../../prove/draw-mutants.ts';
import { type Proof, type ProofEvent, type ProveOptions, prove } from '../../prove/prove.ts';
import type { SeenCases } from '../../prove/seen.ts';
import {
  estimateText,
  type ProofSession,
  proofDocument,
  proofLines,
  proofMarkdown,
  summaryLines,
  uneditedLines,
} from '../../report/text/cases/proof.ts';
import { TerminalReporter } from '../../report/text/terminal.ts';
import { duration } from '../../report/text/text.ts';
import { loadBehaviours } from '../../run/discovery/behaviours.ts';
import { type CaseInputs, caseInputs } from '../../run/discovery/case-inputs.ts';
import { type Case, findCases } from '../../run/discovery/cases.ts';
import { withInterruption } from '../interruption.ts';
import { acceleratorOption, positive, progressToStderr } from '../options.ts';
import { kconformVersion } from '../version.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

interface Options {
  readonly source: string;
  readonly profile: string;
  readonly list?: true;
  readonly mutate?: readonly string[];
  readonly sample: number;
  readonly seed: number;
  readonly declared?: true;
  readonly again?: true;
  readonly changed?: true;
  readonly out?: string;
  readonly accel?: 'kvm' | 'tcg';
  readonly jobs?: number;
  readonly cases: string;
}

export function addProveCommand(program: Command): void {
  program
    .command('prove')
    .description('check that cases fail on kernels that are broken on purpose')
    .argument('[id...]', 'broken kernels or groups of them (revert/option-string, revert) (default: all)')
    .option('--list', 'list the broken kernels and what must fail on each; run nothing')
    .option('--source <version>', 'the published source to change: 6.12 (newest), 6.12.117', '6.12')
    .option('--profile <name>', 'the build profile (images/kernels/profiles)', 'debug')
    .option(
      '--mutate <target...>',
      'make mutants by rule in these files or functions: kernel/bpf/inode.c:bpf_parse_param',
    )
    .option('--sample <count>', 'choose this many of those mutants', positive, 20)
    .option('--seed <number>', 'the seed of the choice; the same seed chooses the same mutants', positive, 1)
    .option('--declared', 'run only the cases that must fail, and no others')
    .option('--again', 'prove again what earlier proofs have shown')
    .option('--changed', 'prove only what changed cases affect and what was never proven')
    .option('--out <folder>', 'write proof.json and proof.md to this folder while it runs')
    .addOption(acceleratorOption())
    .option('--jobs <count>', 'run this many guests at once (default: one per core, as memory allows)', positive)
    .addOption(
      new Option('--cases <folder>', 'the folder with the cases').default(join(ROOT, 'cases'), "kconform's own"),
    )
    .addHelpText(
      'after',
      `
Examples:
  npx kconform prove revert                     revert the commits of the subject, one after another
  npx kconform prove mount/uid-dropped --declared
  npx kconform prove --mutate kernel/bpf/inode.c kernel/bpf/token.c --profile plain --sample 60 --seed 7
  npx kconform prove --changed                   after a case was edited: prove what it affects
  npx kconform prove --profile plain --declared --out proof   all of them, about an hour; continues when interrupted

For a mutant, cases run until an observation fails.

killed: each declared observation fails there and passes on the unchanged kernel. Observations that need another profile are listed.
Exit codes: 0 all killed, 1 some survived, 2 some could not be tried (they do not apply, build or boot, or need another profile).`,
    )
    .action(proveCommand);
}

async function proveCommand(ids: string[], options: Options): Promise<void> {
  const declared = select(ids);
  const inputs = await caseInputs(ROOT); // before the cases are read: what is edited meanwhile must not pass for what was run
  const all = await findCases(options.cases, []);
  const faults = declarationFaults(declared, all, await loadBehaviours(options.cases));
  if (faults.length > 0) throw await brokenDeclarations(faults);
  if (options.list === true) {
    process.stdout.write(`${declared.flatMap(listLines).join('\n')}\n`);
    return;
  }
  process.exitCode = await withInterruption(async (signal) => {
    if (options.mutate === undefined) {
      const cases = options.declared === true ? all.filter(isDeclared(declared)) : all;
      return proveAll(declared, cases, inputs, options, signal);
    }
    const { source, mutate: targets, sample: count, seed } = options;
    const mutants = await drawMutants(
      source,
      { targets, count, seed, survivors },
      { signal, progress: progressToStderr },
    );
    return proveAll(mutants, all, inputs, options, signal);
  });
}

async function proveAll(
  kernels: readonly BrokenKernel[],
  cases: readonly Case[],
  inputs: CaseInputs,
  options: Options,
  signal: AbortSignal,
): Promise<number> {
  const terminal = new TerminalReporter(process.stderr);
  const say = (lines: readonly string[]) => {
    void terminal.on({ type: 'progress', message: '' });
    process.stdout.write(`${lines.join('\n')}\n`);
  };
  const places = new Map<string, string>();
  for (const { id } of options.mutate === undefined ? kernels : []) places.set(id, await declaredAt(id, ROOT));
  const done: Proof[] = [];
  let unedited: SeenCases = new Map();
  let written: Promise<void> = Promise.resolve();
  const on = (event: ProofEvent) => {
    if (event.type === 'progress') void terminal.on(event);
    if (event.type === 'unedited') {
      unedited = event.seen;
      say([...uneditedLines(unedited), `  in ${duration(event.ms)}`]);
    }
    if (event.type !== 'proof') return;
    done.push(event.proof);
    say([...proofLines(event.proof, places.get(event.proof.kernel.id)), `  ${estimateText(done, event)}`]);
    if (options.out === undefined) return;
    const { source, profile, out } = options;
    const text = [...done];
    written = written.then(() =>
      write(out, { source, profile, unedited, planned: event.of, declaredAt: places }, text),
    );
  };
  const { source, profile, accel, jobs } = options;
  const again = options.again === true;
  const changed = options.changed === true;
  const fixed = { version: kconformVersion(), accelerator: accel, jobs, signal };
  const concerns: ProveOptions['concerns'] = (kernel, testCase) =>
    options.declared !== true || isDeclared([kernel])(testCase);
  const proofs = await prove({ kernels, cases, concerns, source, profile, again, changed, inputs, on, ...fixed });
  await written;
  say(['', ...summaryLines(proofs)]);
  const allKept = changed && proofs.length === 0 && !signal.aborted;
  return allKept && !isWrong(unedited) ? 0 : exitCodeOf(proofs, unedited);
}

async function write(folder: string, session: ProofSession, proofs: readonly Proof[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'proof.json'), `${JSON.stringify(proofDocument(session, proofs), undefined, 2)}\n`);
  await writeFile(join(folder, 'proof.md'), proofMarkdown(session, proofs));
}

function exitCodeOf(proofs: readonly Proof[], unedited: SeenCases): number {
  const outcomes = new Set(proofs.map(({ outcome }) => outcome));
  const untried = ['same object code', 'does not apply', 'does not build', 'does not boot', 'not run here'] as const;
  if (proofs.length === 0 || untried.some((outcome) => outcomes.has(outcome))) return 2;
  return isWrong(unedited) || [...outcomes].some((outcome) => outcome !== 'killed') ? 1 : 0;
}

function isWrong(unedited: SeenCases): boolean {
  return [...unedited.values()].some(({ verdict }) => ['FAIL', 'XPASS', 'ERROR'].includes(verdict));
}

/** @throws KC_NO_SUCH_BROKEN_KERNEL with the groups there are */
function select(ids: readonly string[]): BrokenKernel[] {
  const named = (id: string) => (kernel: BrokenKernel) => kernel.id === id || kernel.id.startsWith(`${id}/`);
  for (const id of ids) {
    if (brokenKernels.some(named(id))) continue;
    const groups = [...new Set(brokenKernels.map((kernel) => kernel.id.replace(/\/.*$/, '')))].join(', ');
    throw new KconformError(`there is no broken kernel "${id}"`, {
      code: 'KC_NO_SUCH_BROKEN_KERNEL',
      blame: 'host',
      hint: `the groups are ${groups}; npx kconform prove --list tells all`,
    });
  }
  return brokenKernels.filter((kernel) => ids.length === 0 || ids.some((id) => named(id)(kernel)));
}

async function brokenDeclarations(faults: readonly string[]): Promise<KconformError> {
  const [first = ''] = faults;
  const at = await declaredAt(first.replace(/(:| is declared).*$/, ''), ROOT);
  return new KconformError(`${at}: ${first}`, {
    code: 'KC_BROKEN_DECLARATION',
    blame: 'case',
    hint: 'npx kconform cases CASE --observations lists what can be named',
    evidence: { output: faults.join('\n') },
  });
}

function listLines({ id, undoes, breaks, mustFail }: BrokenKernel): string[] {
  return [
    `${id}${undoes === undefined ? '' : ` (undoes ${undoes})`}: breaks ${breaks.join(', ')}`,
    ...Object.entries(mustFail).map(
      ([name, paths]) => `  ${name}: ${paths.map((path) => path || 'by its oracles').join(', ')}`,
    ),
  ];
}

function isDeclared(kernels: readonly BrokenKernel[]): (testCase: Case) => boolean {
  const names = new Set(kernels.flatMap(({ mustFail }) => Object.keys(mustFail)));
  return ({ name }) => names.has(name);
}
