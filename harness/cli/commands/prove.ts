import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { KconformError } from '../../errors/error.ts';
import { didYouMean } from '../../errors/nearest.ts';
import { isUnexpected } from '../../expect/outcome.ts';
import { type DeclarationFault, declarationFaults } from '../../prove/declarations.ts';
import type { DeclaredMutant, Mutant } from '../../prove/mutant.ts';
import { loadMutants, type Mutants, mutantsFolder } from '../../prove/mutant-files.ts';
import { type Proof, prove } from '../../prove/prove.ts';
import { drawMutants } from '../../prove/rules/draw.ts';
import { ProofReporter } from '../../report/text/cases/proof-reporter.ts';
import { loadBehaviours } from '../../run/discovery/behaviours.ts';
import { type CaseInputs, caseInputs } from '../../run/discovery/case-inputs.ts';
import type { Case } from '../../run/discovery/cases.ts';
import { chosenCases } from '../chosen-cases.ts';
import { findDefaults } from '../defaults.ts';
import { withInterruption } from '../interruption.ts';
import { acceleratorOption, positive, progressToStderr } from '../options.ts';
import { withRaces } from '../races.ts';
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
  readonly only?: readonly string[];
  readonly again?: true;
  readonly changed?: true;
  readonly out?: string;
  readonly accel?: 'kvm' | 'tcg';
  readonly jobs?: number;
  readonly cases?: string;
}

export function addProveCommand(program: Command): void {
  program
    .command('prove')
    .description('build mutants (kernels with one behaviour broken) and check that the cases fail on them')
    .argument('[id...]', 'mutants or groups of them (revert/option-string, revert) (default: all)')
    .option('--list', 'list the mutants, with the observations that must fail on each, and exit')
    .option('--source <version>', 'published source to edit: 6.12 (newest), 6.12.117', '6.12')
    .option('--profile <name>', 'configuration to build with (images/kernels/profiles)', 'debug')
    .option(
      '--mutate <target...>',
      'make mutants by rule instead, in files, functions or lines: kernel/bpf/inode.c:bpf_parse_param, kernel/bpf/inode.c:962',
    )
    .option('--sample <count>', 'with --mutate: how many mutants', positive, 20)
    .option('--seed <number>', 'with --mutate: selects them; the same seed selects the same', positive, 1)
    .option('--declared', 'run only the cases that must fail; other failures are then unknown')
    .option('--only <case...>', 'run only these cases or folders of cases; other failures are then unknown')
    .option('--again', 'ignore results of earlier proofs')
    .option('--changed', 'skip mutants that are known to be killed by the cases as they are')
    .option('--out <folder>', 'write proof.json and proof.md there after each proof')
    .addOption(acceleratorOption())
    .option('--jobs <count>', 'run this many guests at once (default: one per core, as memory allows)', positive)
    .option(
      '--cases <folder>',
      "the folder with the cases and, in mutants/, their mutants (default: that of kconform.config.ts, else kconform's own)",
    )
    .addHelpText(
      'after',
      `
Examples:
  npx kconform prove revert                     undo the subject's commits, one after another
  npx kconform prove mount/uid-dropped --declared
  npx kconform prove --mutate kernel/bpf/inode.c kernel/bpf/token.c --profile plain --sample 60 --seed 7
  npx kconform prove --changed                   after an edit of a case: prove what the edit may have changed
  npx kconform prove --profile plain --declared --out proof   all mutants: an hour; continues after an interruption

killed: each declared observation fails on the mutant and not on the unedited kernel; those that this profile cannot make are
listed. A mutant made by rule is killed by any observation, and its cases run until one fails.
Exit codes: 0 all killed, 1 some not killed, 2 some not tried (does not apply, build or boot, not run on this profile).`,
    )
    .action(proveCommand);
}

async function proveCommand(ids: string[], options: Options): Promise<void> {
  const root = options.cases ?? (await findDefaults()).cases;
  const inputs = await caseInputs(ROOT); // before the cases are read: a file that is edited meanwhile counts as changed
  const mutants = await loadMutants(root);
  const declared = options.mutate === undefined || ids.length > 0 ? select(mutants, ids, root) : mutants.declared;
  const all = await chosenCases([], { cases: root, races: 'all' });
  const faults = declarationFaults(declared, all, await loadBehaviours(root));
  if (faults.length > 0) throw faultyDeclarations(faults, mutants.places);
  if (options.list === true) {
    process.stdout.write(`${declared.flatMap(listLines).join('\n')}\n`);
    return;
  }
  process.exitCode = await withInterruption(async (signal) => {
    const named = options.mutate === undefined ? declared.flatMap(({ mustFail }) => Object.keys(mustFail)) : [];
    const cases = withRaces(all, named, undefined, progressToStderr);
    if (options.mutate === undefined) {
      const own = options.declared === true ? cases.filter(isDeclared(declared)) : cases;
      return proveAll(declared, own, mutants, inputs, options, signal);
    }
    const { source, mutate: targets, sample: count, seed } = options;
    const wanted = { targets, count, seed, equivalents: mutants.equivalents };
    const byRule = await drawMutants(source, wanted, { signal, progress: progressToStderr });
    const own = options.only === undefined ? cases : await chosenCases(options.only, { cases: root });
    return proveAll(byRule, own, mutants, inputs, options, signal);
  });
}

async function proveAll(
  mutants: readonly Mutant[],
  cases: readonly Case[],
  { places }: Mutants,
  inputs: CaseInputs,
  options: Options,
  signal: AbortSignal,
): Promise<number> {
  const { source, profile, accel: accelerator, jobs, out } = options;
  const reporter = new ProofReporter({ source, profile, declaredAt: places }, out);
  const changed = options.changed === true;
  const proofs = await prove({
    mutants,
    cases,
    concerns: (mutant, testCase) => options.declared !== true || isDeclared([mutant])(testCase),
    source,
    profile,
    again: options.again === true,
    changed,
    inputs,
    on: (event) => reporter.on(event),
    version: kconformVersion(),
    accelerator,
    jobs,
    signal,
  });
  await reporter.finish();
  const allKept = changed && proofs.length === 0 && !signal.aborted;
  return allKept && !isWrong(reporter.unedited) ? 0 : exitCodeOf(proofs, reporter.unedited);
}

const UNTRIED = ['same object code', 'does not apply', 'does not build', 'does not boot', 'not run here'] as const;

function exitCodeOf(proofs: readonly Proof[], unedited: ProofReporter['unedited']): number {
  const outcomes = new Set(proofs.map(({ outcome }) => outcome));
  if (proofs.length === 0 || UNTRIED.some((outcome) => outcomes.has(outcome))) return 2;
  return isWrong(unedited) || [...outcomes].some((outcome) => outcome !== 'killed') ? 1 : 0;
}

function isWrong(unedited: ProofReporter['unedited']): boolean {
  return [...unedited.values()].some(({ verdict }) => isUnexpected(verdict));
}

/** @throws KC_NO_SUCH_MUTANT with the groups there are */
function select({ declared }: Mutants, ids: readonly string[], root: string): DeclaredMutant[] {
  if (declared.length === 0) {
    throw new KconformError(`there are no mutants in ${mutantsFolder(root)}`, {
      code: 'KC_NO_SUCH_MUTANT',
      blame: 'host',
      hint: 'declare some there with mutants([…]) (docs/authoring.md of kconform), or make some with --mutate',
    });
  }
  const named = (id: string) => (mutant: DeclaredMutant) => mutant.id === id || mutant.id.startsWith(`${id}/`);
  for (const id of ids) {
    if (declared.some(named(id))) continue;
    const groups = [...new Set(declared.map((mutant) => mutant.id.replace(/\/.*$/, '')))];
    throw new KconformError(`there is no mutant "${id}"`, {
      code: 'KC_NO_SUCH_MUTANT',
      blame: 'host',
      hint:
        didYouMean(id, [...declared.map((mutant) => mutant.id), ...groups]) ??
        `the groups are ${groups.join(', ')}; npx kconform prove --list lists all mutants`,
    });
  }
  return declared.filter((mutant) => ids.length === 0 || ids.some((id) => named(id)(mutant)));
}

function faultyDeclarations(faults: readonly DeclarationFault[], places: ReadonlyMap<string, string>): KconformError {
  const lines = faults.map(({ id, what }) => `${places.get(id) ?? ''}: mutant ${id}: ${what}`);
  const [first = ''] = lines;
  return new KconformError(first, {
    code: 'KC_BROKEN_DECLARATION',
    blame: 'case',
    hint: 'npx kconform cases CASE --observations lists the observations of a case',
    ...(lines.length > 1 ? { evidence: { output: lines.join('\n') } } : {}),
  });
}

function listLines({ id, undoes, breaks, mustFail }: DeclaredMutant): string[] {
  const broken = breaks.length === 0 ? '' : `: breaks ${breaks.join(', ')}`;
  return [
    `${id}${undoes === undefined ? '' : ` (undoes ${undoes})`}${broken}`,
    ...Object.entries(mustFail).map(
      ([name, paths]) => `  ${name}: ${paths.map((path) => path || 'by its oracles').join(', ')}`,
    ),
  ];
}

function isDeclared(mutants: readonly Mutant[]): (testCase: Case) => boolean {
  const names = new Set(mutants.flatMap((mutant) => (mutant.kind === 'declared' ? Object.keys(mutant.mustFail) : [])));
  return ({ name }) => names.has(name);
}
