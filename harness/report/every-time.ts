import type { CaseResult } from '../run/events.ts';

/** What a case shows, without what differs from run to run by its nature: addresses, times, how many objects leaked. */
export function signatureOf({ verdict, observations, oracles }: CaseResult): string {
  const failed = observations
    .filter((one) => one.verdict === 'FAIL' || one.verdict === 'XPASS')
    .map(({ path }) => path);
  const splats = oracles.splats.map(
    ({ kind, title, fingerprint }) => `${kind}: ${title}, in ${fingerprint.join(' < ')}`,
  );
  const leaks = oracles.leaks.map(({ bytes, backtrace }) => `leak of ${bytes} bytes, in ${names(backtrace)}`);
  const lines = [
    ...(failed.length > 0 ? [`not as expected: ${failed.join(', ')}`] : []),
    ...new Set([...splats, ...leaks].sort()),
  ];
  return [verdict, ...lines.map((line) => `  ${line}`)].join('\n');
}

function names(backtrace: readonly string[]): string {
  return backtrace.map((frame) => frame.replace(/\+0x.*$/, '')).join(' < ');
}

/** How often a case showed what, most often first. */
export function countSignatures(results: readonly CaseResult[]): [signature: string, count: number][] {
  const counts = new Map<string, number>();
  for (const signature of results.map(signatureOf)) counts.set(signature, (counts.get(signature) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a);
}
