import { KconformError } from '../errors/error.ts';
import type { Observations } from '../expect/outcome.ts';
import { signalName } from '../guest/agent/signals.ts';
import { quote } from '../scenario/api/guest.ts';
import { type ScenarioContext, scenario } from '../scenario/api/scenario.ts';
import { hashInputs, type ProgramScenario } from '../scenario/forms/inputs.ts';
import { readRecords } from '../scenario/forms/records.ts';
import { NOT_STARTED_HINT, startFailure } from '../scenario/programs/start-failure.ts';
import { programObservations } from '../scenario/results/observations.ts';
import type { ProgramEnd } from '../scenario/results/results.ts';
import type { BuiltSuite, SuiteTest } from './built.ts';
import type { SuiteTestFields } from './declaration.ts';
import { likeKernel, newSkips, newSkipsText, withList, withProblem } from './judge-by-list.ts';
import { compareWithList, type ListDifference, type TestList } from './list.ts';
import { suiteError } from './shape.ts';

/** A week, longer than any test: the runner's own limit comes first, and says so. */
const NO_LIMIT_MS = 7 * 86_400_000;
const NOT_ENTERED = 121;
const NOT_PREPARED = 122;

/** What a test of a suite is run with. */
export interface SuiteRun {
  readonly built: Pick<BuiltSuite, 'convention' | 'source'>;
  readonly test: SuiteTest;
  readonly fields: SuiteTestFields;
  readonly list: TestList | undefined;
}

/** A scenario that starts a test in its own folder, as the suite's own runner does, and observes its results. */
export function suiteScenario(run: SuiteRun): ProgramScenario {
  const observing = scenario(async (context): Promise<Observations> => {
    const { output, end } = await start(run, context);
    const observations = programObservations(output, end, { convention: run.built.convention });
    const { subtests, status } = observations;
    const shown = subtests instanceof Object ? Object.keys(subtests) : [];
    const difference = compareWithList(run.list, run.test.name, shown);
    tellDifference(run, status === 'skip' ? { ...difference, missing: [] } : difference, context);
    return withNewSkips(run, withList(observations, difference), context);
  });
  // The files of the suite are a part of the machine.
  const { test, fields, built, list } = run;
  const listed = list?.tests[test.name];
  const { env, args, prepare, workdir } = fields;
  const inputs = async () =>
    hashInputs([
      test,
      commandOf(test, fields),
      { env, args, prepare, workdir },
      built.convention,
      listed,
      onSkips(run),
    ]);
  return { ...observing, inputs };
}

/** What else decides what a new skip means. */
function onSkips({ list, test, fields: { skips = [] } }: SuiteRun): unknown {
  return list?.tests[test.name]?.skipped === undefined ? null : [list.kernels, skips];
}

/** What passed when the list was made, and is skipped now, tests nothing any more: on a kernel like those of the list it has failed. */
async function withNewSkips(
  { list, test, fields }: SuiteRun,
  observations: Observations,
  { guest, onNotice }: ScenarioContext,
): Promise<Observations> {
  const skipped = newSkips(list?.tests[test.name], fields, observations);
  if (list === undefined || skipped.length === 0) return observations;
  const { stdout } = await guest.exec('uname -r');
  const like = likeKernel(stdout.toString('latin1').trim(), list.kernels);
  if (like !== undefined) return withProblem(observations, newSkipsText(skipped, like));
  onNotice?.(newSkipsText(skipped, list.kernels.join(', ')));
  return observations;
}

async function start(
  { test, fields }: SuiteRun,
  { guest, signal, onOutput }: ScenarioContext,
): Promise<{ output: Buffer; end: ProgramEnd }> {
  const variables = Object.entries({ ...test.env, ...fields.env }).map(
    ([name, value]) => `export ${name}=${quote(value)}`,
  );
  const words = [...commandOf(test, fields), ...(fields.args ?? [])];
  const workdir = fields.workdir ?? test.workdir;
  const lines = [
    ...(fields.prepare === undefined
      ? []
      : [`said=$({ ${fields.prepare}\n} 2>&1 </dev/null) || { echo "$said" >&2; exit ${NOT_PREPARED}; }`]),
    ...variables,
    `cd ${quote(workdir)} || exit ${NOT_ENTERED}`,
    `exec scenario ${NO_LIMIT_MS} -- ${quote(words)}`,
  ];
  const { stdout, stderr, exitCode } = await guest.exec(lines.join('\n'), {
    signal,
    ...(onOutput && { onStdout: onOutput }),
  });
  if (exitCode === NOT_ENTERED)
    throw suiteError(`the guest has no folder ${workdir}`, 'correct workdir in the suite file');
  if (exitCode === NOT_PREPARED) {
    const said = stderr.toString('latin1').trim();
    throw suiteError(
      `the test cannot be prepared: ${fields.prepare} fails: ${said}`,
      'correct prepare in the suite file',
    );
  }
  const { how, number } = readRecords(stderr).end;
  if (how === 'limit')
    throw new KconformError('internal error: a test has a limit', { code: 'KC_INTERNAL', blame: 'harness' });
  const reason = how === 'exit' ? startFailure(stdout, { exitCode: number }) : undefined;
  if (reason !== undefined) throw suiteError(`the test did not start in the guest: ${reason}`, NOT_STARTED_HINT);
  const end = how === 'exit' ? { exitCode: number, signal: null } : { exitCode: null, signal: signalName(number) };
  return { output: stdout, end };
}

/** In another folder the program has to be named by its whole path. */
function commandOf({ command, workdir }: SuiteTest, fields: SuiteTestFields): readonly string[] {
  if (fields.workdir === undefined) return command;
  return command.map((word) => (word.startsWith('./') ? `${workdir}/${word.slice(2)}` : word));
}

/** A test or a subtest that nobody has looked at is never silently expected. */
function tellDifference(
  { list, built }: SuiteRun,
  { isNew, added, missing }: ListDifference,
  context: ScenarioContext,
): void {
  const made = list?.source === undefined ? 'the list' : `the list, which was made with ${list.source}`;
  if (isNew)
    context.onNotice?.(`new: it is not in ${made}${built.source === undefined ? '' : ` (this is ${built.source})`}`);
  if (added.length > 0) context.onNotice?.(`${added.length} subtests are not in ${made}: ${some(added)}`);
  if (missing.length > 0) context.onNotice?.(`${missing.length} subtests of ${made} were not shown: ${some(missing)}`);
}

function some(names: readonly string[]): string {
  return `${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''}`;
}
