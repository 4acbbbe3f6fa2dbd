import type { KnownBug } from '../../expect/expectation.ts';
import { standingOf } from '../../expect/judge/standing.ts';
import { parseVersion, upstreamVersion } from '../../kernels/version.ts';
import { describeMachine } from '../../machine/describe.ts';
import { plain, shorten, table } from '../../report/text/text.ts';
import type { CaseResult } from '../../run/events.ts';
import type { Decoded } from '../decoded.ts';
import type { KernelFacts } from '../kernel-facts.ts';
import type { StoredCase } from '../stored-case.ts';
import { type Version, versionLines } from '../versions.ts';
import { section, wrapped } from '../wrap.ts';
import type { Addressees } from './addressees.ts';
import { headerLines } from './headers.ts';
import { type History, isWithinBranch, rangeOf, tagOf } from './history.ts';
import { didText, type QuotedReproducer, reproducerSections } from './quoted-reproducer.ts';

/** What a report of a bug is made of. */
export interface ReportParts {
  readonly stored: StoredCase;
  readonly versions: readonly Version[];
  readonly history: History;
  readonly kernel: KernelFacts;
  /** The first splat. */
  readonly decoded: Decoded;
  /** What a correct kernel does, in a line, as the expectation has it. */
  readonly about: string | undefined;
  readonly knownBug: KnownBug | undefined;
  readonly reproducer: QuotedReproducer | undefined;
  /** The evidence that goes along. */
  readonly attachment: string;
  readonly addressees: Addressees | { readonly missing: string };
  readonly from: string | undefined;
  /** The commit that a bisection found, where somebody made one. */
  readonly commit: string | undefined;
}

const SPLAT_LINES = 90;
const STABLE = 'stable@vger.kernel.org';
const REGRESSIONS = 'regressions@lists.linux.dev';

/** The text of a report as Documentation/admin-guide/reporting-issues.rst asks for it. */
export function reportMail(parts: ReportParts): string {
  const { history, addressees, from, stored } = parts;
  const { introduced } = history;
  const isRegression = 'good' in introduced;
  const known = 'missing' in addressees ? { to: [], cc: [] } : addressees;
  const head = headerLines({
    from,
    to: known.to.length > 0 ? known.to : ['(unknown)'],
    cc: [...known.cc, ...(isRegression ? [REGRESSIONS] : []), ...(concernsStable(parts) ? [STABLE] : [])],
    subject: `${isRegression ? '[REGRESSION] ' : ''}${subjectOf(parts)}`,
  });
  const body = [
    ['Hi,'],
    wrapped(openingOf(parts)),
    ...regressionBlocks(parts),
    ...fixBlocks(parts),
    section('What was done', doneLines(parts)),
    ...outcomeSections(stored.subject.result, parts.about),
    ...splatSections(parts.decoded, stored.subject.result.oracles.splats.length),
    section('Kernels that were tried', triedLines(parts.versions)),
    ...reproducerSections(parts.reproducer, parts.attachment, attachedParts(parts)),
  ].map((lines) => lines.map(withoutCommand));
  const regzbot = isRegression ? [[`#regzbot introduced: ${parts.commit ?? rangeOf(introduced)}`]] : [];
  return `${[head, ...body, ...regzbot].map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** A change within a stable branch concerns those who maintain it, and a fix that the branch lacks; not one that it has by now. */
function concernsStable({ history, versions, stored }: ReportParts): boolean {
  const { introduced, gone } = history;
  const subject = versions.find(({ result }) => result === stored.subject.result);
  if (gone !== undefined && subject !== undefined && isWithinBranch({ good: gone, bad: subject })) return false;
  return 'good' in introduced ? isWithinBranch(introduced) : isFixMissing(stored.subject.result);
}

/** regzbot obeys each line that begins with its name: no text of a result may be one. */
function withoutCommand(line: string): string {
  return line.replace(/^(\s*)#(regzbot)/i, '$1# $2');
}

function subjectOf({ stored, knownBug }: ReportParts): string {
  const { result } = stored.subject;
  const version = tagOf(stored.subject);
  const [splat] = result.oracles.splats;
  if (splat !== undefined) {
    const [first] = splat.fingerprint;
    const place = first === undefined || splat.title.includes(first) ? '' : ` in ${first}`;
    return `${splat.title}${place} (${version})`;
  }
  if (knownBug !== undefined) return `${stored.name}: ${knownBug.title} (${version})`;
  const wrong = result.observations.find(({ verdict }) => verdict === 'FAIL' || verdict === 'XFAIL');
  if (wrong !== undefined)
    return `${stored.name}: ${wrong.path} is ${shorten(wrong.observed, 40)} instead of ${shorten(wrong.expected, 40)} (${version})`;
  return `${stored.name}: ${result.reason ?? 'the kernel misbehaves'} (${version})`;
}

/** `Linux 6.12.57 (Debian's package linux-image-… 6.12.57-1)` */
function kernelText({ version, package: name, spec }: CaseResult['kernel'], { package: found }: KernelFacts): string {
  if (found === undefined || name === null) return `Linux ${version} (${spec})`;
  const source = found.source === 'debian' ? 'Debian' : found.source;
  return `Linux ${version} (package ${found.name} ${found.version} of ${source})`;
}

function openingOf({ stored, kernel, knownBug, about }: ReportParts): string {
  const { result } = stored.subject;
  const where = plain(kernelText(result.kernel, kernel));
  const [splat] = result.oracles.splats;
  if (splat !== undefined) return `${where} printed "${plain(splat.title)}" while the reproducer ran.`;
  if (knownBug !== undefined) return `${where} has a bug: ${plain(knownBug.title)}.`;
  if (about !== undefined && result.observations.length > 0)
    return `${where} does not do what is expected; the values are below.`;
  return `${where} misbehaves: ${plain(result.reason ?? 'see below')}.`;
}

function regressionBlocks({ history, versions, commit }: ReportParts): string[][] {
  const { introduced, gone, notGone } = history;
  const first =
    'good' in introduced
      ? `This is a regression: ${introduced.good.label} does not show it, ${introduced.bad.label} does.${
          commit === undefined
            ? ' The commit is not known; the change is between these two.'
            : ` Bisection found commit ${plain(commit)}.`
        }`
      : `Whether this is a regression is unknown: ${plain(introduced.unknown)}.`;
  const newest = versions.at(-1);
  const then =
    gone !== undefined
      ? `${gone.label}${gone === newest ? ', the newest kernel that was tried,' : ''} does not show it any more.`
      : `${notGone === undefined ? '' : `Whether a newer kernel has it is unknown: ${plain(notGone)}. `}${newest?.label} is the newest kernel that was tried.`;
  return [wrapped(first), wrapped(`${then} ${otherKernels(versions)}`)];
}

/** What nobody tried is not left to be guessed. */
function otherKernels(versions: readonly Version[]): string {
  const kernels = versions.map(({ result }) => result.kernel);
  const mainline = kernels.some(mayBeMainline) ? '' : ' Mainline was not tried.';
  const vanilla = kernels.some((kernel) => kernel.package === null)
    ? ''
    : ' All kernels that were tried are those of a distribution; whether an unpatched kernel shows it is unknown.';
  return `No other kernel was tried.${mainline}${vanilla}`;
}

/** A release or a candidate that was built, or comes from a source of packages that somebody declared. */
function mayBeMainline(kernel: CaseResult['kernel']): boolean {
  const isDebian = kernel.package !== null && !/^[a-z][a-z0-9-]*:/.test(kernel.package);
  const patch = parseVersion(upstreamVersion(kernel))?.patch;
  return !isDebian && (patch === undefined || patch === 0);
}

function fixBlocks({ stored, knownBug }: ReportParts): string[][] {
  const { result } = stored.subject;
  const { fix } = result;
  if (fix !== undefined)
    return [
      wrapped(
        isFixMissing(result)
          ? `Fixed upstream by: ${fixText(fix)}; missing in this version.`
          : `The kernel behaves as if ${fixText(fix)} were missing, although this version is declared to have it.`,
      ),
    ];
  return knownBug?.fix === null ? [wrapped('The bug is known; no fix is known.')] : [];
}

/** A FAIL with a fix is on a kernel that should have it. */
function isFixMissing({ fix, verdict }: CaseResult): boolean {
  return fix !== undefined && verdict === 'XFAIL';
}

function fixText(fix: string): string {
  return /^[0-9a-f]{8,40}$/.test(fix) ? `commit ${fix}` : `"${plain(fix)}"`;
}

function doneLines({ stored, kernel, reproducer }: ReportParts): string[] {
  const { result } = stored.subject;
  const { host } = stored.run;
  const machine = machineText(result);
  const how = host.accelerator === 'kvm' ? 'KVM' : 'software emulation (TCG)';
  const config =
    kernel.package !== undefined
      ? `The configuration is that of the package (/boot/config-${plain(result.kernel.version)}).`
      : kernel.config === undefined
        ? 'The configuration of the kernel is not known.'
        : 'The configuration is attached.';
  return [
    ...wrapped(
      `${didText(reproducer)} as root in a QEMU guest: ${machine}; QEMU ${plain(host.qemu)}, ${how}. ${config}`,
    ),
    ...runsLines(result),
  ];
}

/** A kernel that is in no package may have got more memory than usual, which results do not say. */
function machineText({ machine, kernel }: CaseResult): string {
  if (machine !== undefined) return plain(describeMachine(machine));
  return kernel.package === null ? "kconform's default machine" : '1 CPU, 256 MiB of memory';
}

/** A run that could not be judged is no run without the bug. */
function runsLines({ verdict, retries = [] }: CaseResult): string[] {
  const runs = [verdict, ...retries.map((retry) => retry.verdict)].map(standingOf);
  const [all, hits] = [runs.filter((one) => one !== 'unknown'), runs.filter((one) => one === 'bad')];
  if (all.length < 2) return [];
  return ['', ...wrapped(`It showed the bug in ${hits.length} of ${all.length} runs.`)];
}

function outcomeSections({ observations, oracles, reason }: CaseResult, about: string | undefined): string[][] {
  const wrong = observations.filter(({ verdict }) => verdict === 'FAIL' || verdict === 'XFAIL');
  const rows = wrong.map(({ path, expected, observed }) =>
    [path, expected, observed].map((cell) => shorten(plain(cell), 60)),
  );
  const others = [
    ...oracles.leaks.map(({ count, bytes, comm }) => `kmemleak: ${count} objects of ${bytes} bytes, of ${plain(comm)}`),
    ...(oracles.taints.length === 0 ? [] : [`taint flags that were set: ${plain(oracles.taints.join(' '))}`]),
    ...oracles.counters.map(plain),
  ];
  const expected = about === undefined ? [] : [section('Expected', wrapped(`${plain(about)}.`))];
  if (rows.length > 0)
    return [...expected, section('Observed', [...table([['', 'expected', 'observed'], ...rows]), ...others])];
  const told = [...(reason === undefined ? [] : wrapped(plain(reason))), ...others];
  return told.length === 0 ? expected : [...expected, section('Observed', told)];
}

/** The first of the kernel's reports. @param count how many there are */
function splatSections({ lines, symbols }: Decoded, count: number): string[][] {
  if (symbols === 'none') return [];
  const shown = lines.slice(0, SPLAT_LINES).map((line) => plain(line).trimEnd());
  const left = lines.length - shown.length;
  const more = [
    ...(left > 0 ? [`(${left} more lines are in the attached splats.txt)`] : []),
    ...(count > 1
      ? [`(${count - 1} more such ${count === 2 ? 'report is' : 'reports are'} in the attached splats.txt)`]
      : []),
  ];
  const title = symbols === 'yes' ? 'What the kernel printed, decoded' : 'What the kernel printed (not decoded)';
  return [section(title, [...shown, ...more])];
}

function attachedParts({ kernel, stored }: ReportParts): string[] {
  return [
    ...(kernel.config === undefined ? [] : ['the configuration']),
    ...(stored.subject.console === '' ? [] : ['the console']),
  ];
}

function triedLines(versions: readonly Version[]): string[] {
  // That a result was kept says nothing to a reader who does not run kconform.
  const told = versions.map((version): Version => {
    const { reused: _, ...result } = version.result;
    return { ...version, result };
  });
  return versionLines(told, 50).map((line) => `  ${line}`);
}
