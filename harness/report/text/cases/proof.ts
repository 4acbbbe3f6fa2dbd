import type { CaseRecords } from '../../../prove/case-record.ts';
import type { Kill, ProofOutcome } from '../../../prove/judge-proof.ts';
import type { Mutant } from '../../../prove/mutant.ts';
import type { Proof, ProofEvent } from '../../../prove/prove.ts';
import { duration, plain, shorten } from '../text.ts';

/** What a report shows besides the proofs. */
export interface ProofSession {
  readonly source: string;
  readonly profile: string;
  readonly unedited: CaseRecords;
  /** How many mutants are to be proven; with fewer proofs the session is under way or was interrupted. */
  readonly planned: number;
  /** By the id of a mutant, `FILE:LINE` of its declaration. */
  readonly declaredAt: ReadonlyMap<string, string>;
}

/** One proof as lines for a person: the outcome and the evidence. @param at `FILE:LINE` of the mutant's declaration */
export function proofLines(proof: Proof, at: string | undefined): string[] {
  const { outcome, mutant, buildMs, runMs, kills, also, missed, notRun, errors, reason } = proof;
  const cost = buildMs + runMs === 0 ? 'kept' : `built in ${duration(buildMs)}, run in ${duration(runMs)}`;
  const { undoes } = declaredFacts(mutant);
  const commit = undoes === undefined ? '' : ` (undoes ${undoes})`;
  const found = outcome === 'killed' ? kills : [...kills, ...also];
  const [first] = found;
  const more = found.length > 1 ? ` (and ${found.length - 1} more)` : '';
  return [
    `${outcome.padEnd(WIDTH)} ${mutant.id}${commit}, ${cost}`,
    ...(first === undefined ? [] : [`  ${killText(first)}${more}`]),
    ...(reason === undefined ? [] : [`  ${at === undefined ? '' : `${at}: `}${plain(reason)}`]),
    ...equivalenceLines(proof),
    ...missed.map((path) => `  does not fail: ${path}`),
    ...notRun.map((path) => `  not checked: ${path}`),
    ...(outcome === 'killed' ? [] : errors.map((error) => `  ERROR ${plain(shorten(error, 160))}`)),
  ];
}

/** What only declared mutants have. */
function declaredFacts(mutant: Mutant): { readonly undoes?: string; readonly breaks: readonly string[] } {
  return mutant.kind === 'declared' ? mutant : { breaks: [] };
}

/** Why no case can distinguish it, where that is known. */
function equivalenceOf(mutant: Mutant): string | undefined {
  return mutant.kind === 'by-rule' ? mutant.equivalent : undefined;
}

function equivalenceLines({ outcome, mutant }: Proof): string[] {
  const why = equivalenceOf(mutant);
  if (why === undefined) return [];
  return [
    outcome === 'survived' ? `  as declared equivalent: ${why}` : `  declared equivalent, but does not survive: ${why}`,
  ];
}

const WIDTH = 'killed elsewhere'.length;

function killText(kill: Kill): string {
  const path = kill.path === '' ? '' : `: ${kill.path}`;
  return plain(`${kill.case}${path}: expected ${shorten(kill.expected, 60)}, observed ${shorten(kill.observed, 60)}`);
}

/** The results on the unedited kernel. Cases that are FAIL, XPASS, ERROR or SKIP there prove less or nothing. */
export function uneditedLines(records: CaseRecords): string[] {
  const of = (...verdicts: string[]) => [...records].filter(([, one]) => verdicts.includes(one.verdict));
  const counts = ['PASS', 'XFAIL', 'FAIL', 'XPASS', 'SKIP', 'ERROR'].map(
    (verdict) => `${of(verdict).length} ${verdict}`,
  );
  return [
    `unedited kernel: ${counts.join(', ')}`,
    ...of('FAIL', 'XPASS', 'ERROR', 'SKIP').map(
      ([name, one]) => `  ${one.verdict} ${name}: ${plain(one.reason ?? '')}`,
    ),
  ];
}

/** Totals, and each mutant that was not killed. */
export function summaryLines(proofs: readonly Proof[]): string[] {
  const left = proofs.filter(({ outcome }) => outcome !== 'killed');
  return [
    totals(proofs)
      .map(([outcome, count]) => `${count} ${outcome}`)
      .join(', '),
    ...left.map(({ outcome, mutant }) => {
      const why = equivalenceOf(mutant);
      return `  ${outcome}: ${mutant.id}${why === undefined ? '' : ` (${why})`}`;
    }),
  ];
}

/** `2 of 9 done, about 4 min left`, estimated from the mutants that were built and run. */
export function estimateText(proofs: readonly Proof[], event: Extract<ProofEvent, { type: 'proof' }>): string {
  // A mutant is built while the one before runs.
  const times = proofs.map(({ buildMs, runMs }) => Math.max(buildMs, runMs)).filter((ms) => ms > 0);
  const left = event.of - event.done;
  if (times.length === 0 || left === 0) return `${event.done} of ${event.of} done`;
  const mean = times.reduce((sum, ms) => sum + ms, 0) / times.length;
  return `${event.done} of ${event.of} done, about ${duration(mean * left)} left`;
}

export function proofMarkdown(session: ProofSession, proofs: readonly Proof[]): string {
  const row = ({ mutant, places, outcome, kills, also, reason }: Proof) => {
    const [first] = [...kills, ...also];
    const by = first === undefined ? (reason ?? equivalenceOf(mutant) ?? '') : `${first.case}: ${first.path}`;
    return `| ${[mutant.id, declaredFacts(mutant).undoes ?? '', places.join(', '), outcome, by].map(cell).join(' | ')} |`;
  };
  return `${[
    `# Proof: Linux ${session.source} with profile ${session.profile}`,
    '',
    ...summaryLines(proofs).slice(0, 1),
    ...(proofs.length < session.planned ? [`Only ${proofs.length} of ${session.planned} mutants were tried.`] : []),
    '',
    '| mutant | undoes | in | outcome | by |',
    '|---|---|---|---|---|',
    ...proofs.map(row),
    '',
    '| function | killed | of |',
    '|---|---|---|',
    ...byPlace(proofs).map(({ place, killed, of }) => `| ${cell(place)} | ${killed} | ${of} |`),
    '',
    ...uneditedLines(session.unedited).map((line) => (line.startsWith(' ') ? `- ${line.trim()}` : line)),
  ].join('\n')}\n`;
}

/** By function, how many of the mutants that were run were killed, by any observation. */
function byPlace(proofs: readonly Proof[]): { place: string; killed: number; of: number }[] {
  const tried = proofs.filter(({ outcome }) =>
    ['killed', 'killed elsewhere', 'survived', 'only errors'].includes(outcome),
  );
  return [...new Set(tried.flatMap(({ places }) => places))].sort().map((place) => {
    const own = tried.filter(({ places }) => places.includes(place));
    return { place, killed: own.filter(({ outcome }) => outcome.startsWith('killed')).length, of: own.length };
  });
}

function cell(text: string): string {
  return plain(text).replaceAll('|', '\\|');
}

/** The document of proof.json, schema 1. */
export function proofDocument(
  { source, profile, unedited, declaredAt, planned }: ProofSession,
  proofs: readonly Proof[],
): object {
  return {
    schema: 1,
    source,
    profile,
    planned,
    tried: proofs.length,
    totals: Object.fromEntries(totals(proofs)),
    byFunction: byPlace(proofs),
    unedited: Object.fromEntries(unedited),
    proofs: proofs.map(({ mutant, ...judgement }) => ({
      id: mutant.id,
      kind: mutant.kind,
      ...declaredDocument(mutant),
      survives: equivalenceOf(mutant),
      declaredAt: declaredAt.get(mutant.id),
      ...judgement,
    })),
  };
}

function declaredDocument(mutant: Mutant): object {
  const { undoes, breaks } = declaredFacts(mutant);
  return { undoes, breaks };
}

function totals(proofs: readonly Proof[]): [ProofOutcome, number][] {
  const counts = new Map<ProofOutcome, number>();
  for (const { outcome } of proofs) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return [...counts];
}
