import { isUnstable, standingOf } from '../../expect/judge/standing.ts';
import { plain, shorten, table } from '../../report/text/text.ts';
import type { CaseResult, KernelIdentity } from '../../run/events.ts';
import type { RunRecord } from '../../run/results/record.ts';
import { type Compared, compareRuns, comparisonExitCode } from '../../series/compare.ts';
import { undetermined } from '../../series/undetermined.ts';
import { seenText } from '../versions.ts';
import { wrapped } from '../wrap.ts';
import { headerLines } from './headers.ts';

/** The results of the same cases without and with a patch, as `kconform try --out` keeps them. */
export interface TriedPatch {
  readonly started: RunRecord['started'];
  readonly kernel: KernelIdentity;
  readonly before: readonly CaseResult[];
  readonly after: readonly CaseResult[];
  /** How many patches were applied besides those that the reply is about. */
  readonly others: number;
}

/** The patch of which the mail is a reply, as far as it is known. */
export interface PatchFacts {
  /** As the mail has it: `[PATCH v3 2/7] bpf: …`. */
  readonly subject?: string | undefined;
  readonly author?: string | undefined;
  readonly messageId?: string | undefined;
}

/**
 * The results on the two kernels that `try` built.
 * @param ids of the kernels
 * @returns why they cannot be used
 */
export function triedPatch(
  { started, state, cases }: RunRecord,
  ids: { readonly without: string; readonly with: string },
  others: number,
): TriedPatch | { readonly unusable: string } {
  if (state !== 'finished') return { unusable: `the run did not finish (${state})` };
  const on = (id: string) => cases.map(({ result }) => result).filter(({ kernel }) => kernel.id === id);
  const [before, after] = [on(ids.without), on(ids.with)];
  const kernel = before[0]?.kernel;
  if (kernel === undefined || after.length === 0)
    return { unusable: 'there are no results without and with the patch' };
  return { started, kernel, before, after, others };
}

/** `fixes`: some case failed without it and passes with it, and none is worse. */
export type TestedVerdict = 'fixes' | 'changed' | 'no difference' | 'worse' | 'undetermined';

/** What the results say of the patch: what `try` says, but stricter, as a Tested-by rests on it. */
export function verdictOf({ before, after }: TriedPatch): TestedVerdict {
  const comparison = compareRuns(before, after);
  const isHidden = after.some((one) => one.race !== undefined && standingOf(one.verdict) !== 'bad');
  const open = comparison.compared.filter(isOpen);
  if (comparison.compared.some((one) => !open.includes(one) && isWorse(one))) return 'worse';
  const blind = undetermined(before, after) !== undefined || comparisonExitCode(comparison) !== 0;
  if (blind || isHidden || open.length > 0) return 'undetermined';
  if (comparison.compared.some(({ change }) => change === 'fixed')) return 'fixes';
  return comparison.compared.every(({ change }) => change === 'persistent') ? 'no difference' : 'changed';
}

/** Nothing follows from such a difference for the patch. A race that does not show may be there all the same. */
function isOpen({ change, before, after }: Compared): boolean {
  if (before === undefined || after === undefined || change === 'edited' || change === 'undetermined') return true;
  return [before, after].some(
    (one) =>
      isUnstable(one) ||
      standingOf(one.verdict) === 'unknown' ||
      (one.race !== undefined && standingOf(one.verdict) !== 'bad'),
  );
}

function isWorse({ change, before, after }: Compared): boolean {
  if (change === 'regression') return true;
  return (
    before !== undefined &&
    after !== undefined &&
    standingOf(before.verdict) === 'good' &&
    standingOf(after.verdict) === 'bad'
  );
}

const CLOSING: Readonly<Record<TestedVerdict, string>> = {
  fixes: 'What fails without the patch and passes with it is fixed. No case that was run is worse with it.',
  changed: 'Results differ with the patch, but no case that fails without it passes with it.',
  'no difference': 'No case that was run differs with the patch. This says nothing of what they do not observe.',
  worse: 'The result of a case is worse with the patch.',
  undetermined:
    'Nothing follows for the patch: a case could not be judged, differs from run to run, or is a race that may not have shown.',
};

/** A reply to a patch: before and after, and Tested-by where it fixes something. @param from `Name <address>` */
export function testedMail(tried: TriedPatch, patch: PatchFacts, from: string | undefined): string {
  const verdict = verdictOf(tried);
  const { host } = tried.started;
  const how = host.accelerator === 'kvm' ? 'KVM' : 'software emulation (TCG)';
  const head = headerLines({
    from,
    to: [patch.author ?? '(the author of the patch)'],
    cc: [],
    subject: `Re: ${patch.subject?.replace(/^\s*(re:\s*)+/i, '') ?? '(subject of the patch)'}`,
    inReplyTo: patch.messageId,
  });
  const names = [...new Set([...tried.before, ...tried.after].map((one) => one.case))];
  const count = `${names.length} ${names.length === 1 ? 'case' : 'cases'}`;
  const what = `this patch${tried.others === 0 ? '' : ` (together with ${tried.others} more)`}`;
  const opening = `I ran ${count} on Linux ${tried.kernel.version} (${tried.kernel.spec}) without and with ${what}, in QEMU ${host.qemu}, ${how}.`;
  const tag = from ?? 'YOUR NAME <your@address>';
  const body = [
    ['Hi,'],
    wrapped(plain(opening)),
    table([['', 'without the patch', 'with the patch'], ...names.map((name) => rowOf(name, tried))]),
    wrapped(CLOSING[verdict]),
    ...(verdict === 'fixes' ? [[`Tested-by: ${plain(tag)}`]] : []),
  ];
  return `${[head, ...body].map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function rowOf(name: string, { before, after }: TriedPatch): string[] {
  const cell = (results: readonly CaseResult[]) => {
    const result = results.find((one) => one.case === name);
    return result === undefined ? 'not run' : cellOf(result);
  };
  return [plain(name), cell(before), cell(after)];
}

/** `passes`, or what was seen. */
function cellOf(result: CaseResult): string {
  const word = { PASS: 'passes', XPASS: 'passes', FAIL: 'fails', XFAIL: 'fails', SKIP: 'skipped', ERROR: 'not judged' };
  const seen = standingOf(result.verdict) === 'bad' ? seenText(result) : '';
  return shorten(plain(seen === '' ? word[result.verdict] : `${word[result.verdict]}: ${seen}`), 60);
}
