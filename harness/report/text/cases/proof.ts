import type { Kill, Outcome } from '../../../prove/judge-proof.ts';
import type { Proof, ProofEvent } from '../../../prove/prove.ts';
import type { SeenCases } from '../../../prove/seen.ts';
import { duration, plain, shorten } from '../text.ts';

/** What a report says beside the proofs themselves. */
export interface ProofSession {
  readonly source: string;
  readonly profile: string;
  readonly unedited: SeenCases;
  /** How many kernels are to be tried; with fewer proofs than that it goes on, or was cut. */
  readonly planned: number;
  /** By the id of a broken kernel, `FILE:LINE` of its declaration. */
  readonly declaredAt: ReadonlyMap<string, string>;
}

/** One proof as lines for a person: the outcome, and what tells. */
export function proofLines(proof: Proof, at: string | undefined): string[] {
  const { outcome, kernel, buildMs, runMs, kills, also, missed, notRun, errors, reason } = proof;
  const cost = buildMs + runMs === 0 ? 'kept' : `built in ${duration(buildMs)}, run in ${duration(runMs)}`;
  const commit = kernel.undoes === undefined ? '' : ` (undoes ${kernel.undoes})`;
  const found = outcome === 'killed' ? kills : [...kills, ...also];
  const [first] = found;
  const more = found.length > 1 ? ` (and ${found.length - 1} more)` : '';
  return [
    `${outcome.padEnd(WIDTH)} ${kernel.id}${commit}, ${cost}`,
    ...(first === undefined ? [] : [`  ${killText(first)}${more}`]),
    ...(reason === undefined ? [] : [`  ${at === undefined ? '' : `${at}: `}${plain(reason)}`]),
    ...survivalLines(proof),
    ...missed.map((path) => `  does not fail: ${path}`),
    ...notRun.map((path) => `  not looked at: ${path}`),
    ...(outcome === 'killed' ? [] : errors.map((error) => `  ERROR ${plain(shorten(error, 160))}`)),
  ];
}

function survivalLines({ outcome, kernel: { survives } }: Proof): string[] {
  if (survives === undefined) return [];
  return [outcome === 'survived' ? `  as it must: ${survives}` : `  known to survive, and does not: ${survives}`];
}

const WIDTH = 'killed elsewhere'.length;

function killText(kill: Kill): string {
  const path = kill.path === '' ? '' : `: ${kill.path}`;
  return plain(`${kill.case}${path}: expected ${shorten(kill.expected, 60)}, observed ${shorten(kill.observed, 60)}`);
}

/** What the unedited kernel came to: anything but PASS, XFAIL and SKIP there takes away from what is proven. */
export function uneditedLines(seen: SeenCases): string[] {
  const of = (...verdicts: string[]) => [...seen].filter(([, one]) => verdicts.includes(one.verdict));
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

/** Totals, and what is left to be worked through. */
export function summaryLines(proofs: readonly Proof[]): string[] {
  const left = proofs.filter(({ outcome }) => outcome !== 'killed');
  return [
    totals(proofs)
      .map(([outcome, count]) => `${count} ${outcome}`)
      .join(', '),
    ...left.map(({ outcome, kernel: { id, survives } }) => `  ${outcome}: ${id}${survives ? ` (${survives})` : ''}`),
  ];
}

/** `2 of 9 done, about 4 min left`, from what those that were run took. */
export function estimateText(proofs: readonly Proof[], event: Extract<ProofEvent, { type: 'proof' }>): string {
  // One is built while the one before runs.
  const times = proofs.map(({ buildMs, runMs }) => Math.max(buildMs, runMs)).filter((ms) => ms > 0);
  const left = event.of - event.done;
  if (times.length === 0 || left === 0) return `${event.done} of ${event.of} done`;
  const mean = times.reduce((sum, ms) => sum + ms, 0) / times.length;
  return `${event.done} of ${event.of} done, about ${duration(mean * left)} left`;
}

export function proofMarkdown(session: ProofSession, proofs: readonly Proof[]): string {
  const row = ({ kernel, places, outcome, kills, also, reason }: Proof) => {
    const [first] = [...kills, ...also];
    const by = first === undefined ? (reason ?? kernel.survives ?? '') : `${first.case}: ${first.path}`;
    return `| ${[kernel.id, kernel.undoes ?? '', places.join(', '), outcome, by].map(cell).join(' | ')} |`;
  };
  return `${[
    `# Proof: Linux ${session.source} with profile ${session.profile}`,
    '',
    ...summaryLines(proofs).slice(0, 1),
    ...(proofs.length < session.planned ? [`Only ${proofs.length} of ${session.planned} were tried.`] : []),
    '',
    '| kernel | undoes | in | outcome | by |',
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

/** How many of the kernels that were tried, and are broken there, were killed, by whatever observation. */
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
    proofs: proofs.map(({ kernel: { id, undoes, breaks, survives }, ...verdict }) => ({
      id,
      undoes,
      breaks,
      survives,
      declaredAt: declaredAt.get(id),
      ...verdict,
    })),
  };
}

function totals(proofs: readonly Proof[]): [Outcome, number][] {
  const counts = new Map<Outcome, number>();
  for (const { outcome } of proofs) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return [...counts];
}
