import { BOOT } from '../../expect/judge/boot.ts';
import { standingOf } from '../../expect/judge/standing.ts';
import { plain, shorten, table } from '../../report/text/text.ts';
import type { CaseResult, KernelIdentity } from '../../run/events.ts';
import type { RunRecord } from '../../run/results/record.ts';
import { seenText } from '../versions.ts';
import { wrapped } from '../wrap.ts';
import { headerLines } from './headers.ts';

/** The results of the same cases without and with a patch, as `kconform try --out` keeps them. */
export interface TriedPatch {
  readonly started: RunRecord['started'];
  readonly kernel: KernelIdentity;
  readonly pairs: readonly TriedCase[];
}

interface TriedCase {
  readonly name: string;
  readonly before: CaseResult;
  readonly after: CaseResult;
}

/** The patch of which the mail is a reply, as far as it is known. */
export interface PatchFacts {
  readonly title: string | undefined;
  readonly author: string | undefined;
  readonly messageId: string | undefined;
}

/**
 * The two kernels of a run that differ by a patch: there are no others, and they have the same release. The first one was planned first.
 * @param only the case that is meant; default: all
 * @returns undefined for the results of another command
 */
export function triedPatch({ started, cases }: RunRecord, only: string | undefined): TriedPatch | undefined {
  const [before, after, another] = started.planned?.kernels ?? [];
  if (before === undefined || after === undefined || another !== undefined) return undefined;
  if (before.package !== null || after.package !== null || before.version !== after.version) return undefined;
  const results = cases.map(({ result }) => result);
  const pairs = results
    .filter((one) => one.kernel.id === before.id && (only === undefined || one.case === only))
    .flatMap((one) => {
      const other = results.find((result) => result.kernel.id === after.id && result.case === one.case);
      return other === undefined ? [] : [{ name: one.case, before: one, after: other }];
    });
  return { started, kernel: before, pairs };
}

/** What the results say of the patch. */
export interface TestedVerdict {
  /** `fixes`: some case failed without it and passes with it, and none is worse. */
  readonly verdict: 'fixes' | 'no difference' | 'worse' | 'undetermined';
  readonly fixed: readonly TriedCase[];
  readonly worse: readonly TriedCase[];
}

export function verdictOf({ pairs }: TriedPatch): TestedVerdict {
  const standing = (one: CaseResult) => standingOf(one.verdict);
  const isUnsteady = ({ verdict, retries = [] }: CaseResult) => retries.some((retry) => retry.verdict !== verdict);
  const worse = pairs.filter(({ before, after }) => standing(after) === 'bad' && standing(before) !== 'bad');
  const fixed = pairs.filter(({ before, after }) => standing(before) === 'bad' && standing(after) === 'good');
  const isOpen = pairs.some(({ before, after }) =>
    [before, after].some((one) => one.verdict === 'ERROR' || isUnsteady(one)),
  );
  const tests = pairs.filter(({ name, after }) => name !== BOOT && after.verdict !== 'SKIP');
  if (worse.length > 0) return { verdict: 'worse', fixed, worse };
  if (isOpen || tests.length === 0) return { verdict: 'undetermined', fixed, worse };
  return { verdict: fixed.length > 0 ? 'fixes' : 'no difference', fixed, worse };
}

const CLOSING: Readonly<Record<TestedVerdict['verdict'], string>> = {
  fixes: 'The patch fixes what is listed above, and no case that was run is worse with it.',
  'no difference': 'No case that was run differs with the patch. This says nothing of what they do not observe.',
  worse: 'With the patch, a case fails that did not fail without it.',
  undetermined: 'Nothing follows for the patch: a case could not be judged, or differs from run to run.',
};

/** A reply to a patch: before and after, and Tested-by where it fixes something. @param from `Name <address>` */
export function testedMail(tried: TriedPatch, patch: PatchFacts, from: string | undefined): string {
  const { verdict } = verdictOf(tried);
  const { host } = tried.started;
  const how = host.accelerator === 'kvm' ? 'KVM' : 'software emulation (TCG)';
  const head = headerLines({
    from,
    to: [patch.author ?? '(the author of the patch)'],
    cc: [],
    subject: `Re: ${patch.title === undefined ? '(subject of the patch)' : `[PATCH] ${patch.title}`}`,
    inReplyTo: patch.messageId,
  });
  const count = `${tried.pairs.length} ${tried.pairs.length === 1 ? 'case' : 'cases'}`;
  const opening = `I ran ${count} on Linux ${tried.kernel.version} (${tried.kernel.spec}) without and with this patch, in QEMU ${host.qemu}, ${how}.`;
  const tag = from ?? 'YOUR NAME <your@address>';
  const body = [
    ['Hi,'],
    wrapped(plain(opening)),
    table([['', 'without the patch', 'with the patch'], ...tried.pairs.map(rowOf)]),
    wrapped(CLOSING[verdict]),
    ...(verdict === 'fixes' ? [[`Tested-by: ${plain(tag)}`]] : []),
  ];
  return `${[head, ...body].map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function rowOf({ name, before, after }: TriedCase): string[] {
  return [plain(name), ...[before, after].map(cellOf)];
}

/** `passes`, or what was seen. */
function cellOf(result: CaseResult): string {
  const word = { PASS: 'passes', XPASS: 'passes', FAIL: 'fails', XFAIL: 'fails', SKIP: 'skipped', ERROR: 'not judged' };
  const seen = standingOf(result.verdict) === 'bad' ? seenText(result) : '';
  return shorten(plain(seen === '' ? word[result.verdict] : `${word[result.verdict]}: ${seen}`), 60);
}
