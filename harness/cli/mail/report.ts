import { existsSync } from 'node:fs';
import { KconformError } from '../../errors/error.ts';
import { stepsIn } from '../../evidence/calls/parse-calls.ts';
import { decoded } from '../../evidence/decoded.ts';
import type { KeptSource } from '../../evidence/kept-source.ts';
import { kernelFacts } from '../../evidence/kernel-facts.ts';
import { type Addressees, addresseesOf } from '../../evidence/mail/addressees.ts';
import { historyOf } from '../../evidence/mail/history.ts';
import { type ReportParts, reportMail } from '../../evidence/mail/report-mail.ts';
import type { StoredCase } from '../../evidence/stored-case.ts';
import { versionsOf } from '../../evidence/versions.ts';
import type { Expectation } from '../../expect/expectation.ts';
import { standingOf } from '../../expect/judge/standing.ts';
import { filesOfFunctions } from '../../kernels/build/function-files.ts';
import { unpackedSources } from '../../kernels/build/source.ts';
import { DEFAULT_MACHINE } from '../../machine/machine.ts';
import { loadBehaviours } from '../../run/discovery/behaviours.ts';
import { evidenceName, storedSubject } from '../evidence-source.ts';
import { progressToStderr } from '../options.ts';

interface ReportOptions {
  readonly kernel?: string;
  readonly from: string | undefined;
  readonly file?: readonly string[];
  readonly tree?: string;
  readonly introduced?: string;
  readonly attachment?: string;
  readonly cases?: string;
  readonly signal: AbortSignal;
}

/**
 * The report of a bug that a stored run shows.
 * @throws KC_NOTHING_TO_REPORT (host) where it shows none; as storedCase
 */
export async function reportFor(out: string, asked: string | undefined, options: ReportOptions): Promise<string> {
  const { signal } = options;
  const { stored, source, testCase, root } = await storedSubject(out, asked, options);
  const { result } = stored.subject;
  if (standingOf(result.verdict) !== 'bad') throw nothingToReport(stored);
  const versions = versionsOf(stored.all);
  const subject = versions.find((one) => one.result === result);
  if (subject === undefined) throw nothingToReport(stored);
  const history = historyOf(versions, subject);
  const kernel = await kernelFacts(result.kernel, DEFAULT_MACHINE, { signal, progress: progressToStderr });
  const loaded = testCase?.loaded;
  const expectation = loaded === undefined || loaded instanceof Error ? undefined : loaded.expectation;
  const knownBug = expectation?.knownBugs?.find(({ title }) => result.verdict === 'XFAIL' && title === result.reason);
  const addressees = await whoMaintains(await filesFor(stored, expectation, { ...options, root }), options.tree);
  const attachment = options.attachment ?? `${evidenceName(stored.name)}.tar.zst`;
  tellGaps({ addressees, attachment, out, stored, from: options.from });
  return reportMail({
    stored,
    versions,
    history,
    kernel,
    decoded: await decoded(result.oracles.splats.slice(0, 1), kernel.symbols),
    about: expectation?.about,
    knownBug,
    reproducer: textOf(source, stored.subject.transcript),
    attachment,
    addressees,
    from: options.from,
    commit: commitOf(options.introduced, 'good' in history.introduced),
  });
}

function nothingToReport({ name, subject }: StoredCase): KconformError {
  const { verdict, kernel } = subject.result;
  return new KconformError(`${name} shows no bug on ${kernel.version}: ${verdict}`, {
    code: 'KC_NOTHING_TO_REPORT',
    blame: 'host',
    hint: 'a report needs a FAIL or an XFAIL; --kernel names another kernel of the results',
  });
}

/** Files of the kernel: those that are named, of the splat, or of the behaviours that the case observes. */
async function filesFor(
  { subject }: StoredCase,
  expectation: Expectation | undefined,
  { file, root, signal }: ReportOptions & { readonly root: string },
): Promise<readonly string[]> {
  if (file !== undefined) return file;
  const functions = subject.result.oracles.splats.flatMap(({ fingerprint }) => fingerprint);
  const found = functions.length === 0 ? [] : await filesOfFunctions(functions, signal);
  if (found.length > 0 || expectation?.behaviours === undefined) return found;
  const own = expectation.behaviours;
  const behaviours = (await loadBehaviours(root)).filter(({ id }) => Object.hasOwn(own, id));
  return [...new Set(behaviours.map(({ where }) => where))];
}

async function whoMaintains(files: readonly string[], tree: string | undefined): Promise<ReportParts['addressees']> {
  if (files.length === 0) return { missing: 'no file of the kernel is known for this bug; name one with --file' };
  const source = tree ?? (await unpackedSources())[0]?.tree;
  if (source === undefined) return { missing: 'there is no source of a kernel in the cache; name one with --tree' };
  return addresseesOf(source, files);
}

/** What the person has to add, on stderr. */
function tellGaps(gaps: {
  readonly addressees: Addressees | { readonly missing: string };
  readonly attachment: string;
  readonly out: string;
  readonly stored: StoredCase;
  readonly from: string | undefined;
}): void {
  const { addressees, attachment, out, stored, from } = gaps;
  if ('missing' in addressees) progressToStderr(`no addressees: ${addressees.missing}`);
  if (from === undefined) progressToStderr('no From: no name is known; use --from, or git config');
  if (!existsSync(attachment))
    progressToStderr(
      `the text names ${attachment}; to write it: npx kconform evidence ${out} ${stored.name} --to ${attachment}`,
    );
}

/** @throws KC_NOTHING_TO_REPORT (host) for what is no commit, or where the results show no regression */
function commitOf(commit: string | undefined, isRegression: boolean): string | undefined {
  if (commit === undefined) return undefined;
  const details = { code: 'KC_NOTHING_TO_REPORT', blame: 'host' } as const;
  if (!/^[0-9a-f]{12,40}$/.test(commit))
    throw new KconformError(`--introduced ${commit} is not a commit`, {
      ...details,
      hint: 'give 12 to 40 hexadecimal digits',
    });
  if (isRegression) return commit;
  throw new KconformError('--introduced is for a regression, and the results show none', {
    ...details,
    hint: 'run it on an older kernel that does not have the bug, with the same --out: repro, matrix and timeline take several kernels',
  });
}

/** What the mail quotes. */
function textOf({ form, main, files }: KeptSource, transcript: string): ReportParts['reproducer'] {
  const text = main === undefined ? undefined : files.get(main)?.toString('utf8');
  if (form === 'typescript')
    return {
      name: 'calls.txt',
      text: callsIn(transcript),
      kind: 'calls',
      runs: !('because' in stepsIn(transcript)),
    };
  if (text === undefined || main === undefined || form === 'other') return undefined;
  return { name: main, text, kind: form === 'c' ? 'program' : form === 'commands' ? 'commands' : 'script', runs: true };
}

/** Without what kconform itself says. */
function callsIn(transcript: string): string {
  return transcript
    .split('\n')
    .filter((line) => !/^(process \d+ started|compiled with |observed )/.test(line))
    .join('\n');
}
