import type { Evidence } from '../../errors/error.ts';
import { duration, plain } from './text.ts';

/** How many of the last lines of a console or of a tool's output are printed; the whole is in the log. */
const lastLines = 20;

/** What was seen when something went wrong, as lines to print below the message. */
export function printEvidence(evidence: Evidence): string[] {
  const lines: string[] = [];
  if (evidence.awaited !== undefined) {
    const after = evidence.afterMs === undefined ? '' : ` for ${duration(evidence.afterMs)}`;
    lines.push(`awaited${after}: ${plain(evidence.awaited)}`);
  }
  if (evidence.console?.some((line) => line.trim() !== '')) lines.push('console:', ...quoted(evidence.console));
  else if (evidence.console !== undefined) lines.push('console: silent');
  const output = evidence.output?.trimEnd();
  if (output) lines.push('output:', ...quoted(output.split('\n')));
  if (evidence.log !== undefined) lines.push(`whole log: ${plain(evidence.log)}`);
  return lines;
}

function quoted(lines: readonly string[]): string[] {
  return lines.slice(-lastLines).map((line) => `  | ${plain(line)}`.trimEnd());
}
