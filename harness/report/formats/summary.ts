import { isUnexpected, VERDICTS } from '../../expect/outcome.ts';
import type { NameOf } from '../../run/kernel-names.ts';
import { byKernel, type KernelCases, namesIn, type RecordedCase, type RunRecord } from '../../run/results/record.ts';
import { countVerdicts, type Totals } from '../../run/results/totals.ts';
import { describe } from '../text/failure.ts';
import { reusedLines } from '../text/reused.ts';
import { duration, plain, shorten } from '../text/text.ts';
import { unwatched } from '../text/unwatched.ts';
import { escapeXml } from './xml.ts';

/** GitHub refuses a step's summary of more than 1 MiB; this many bytes leave room for what other commands of the step add. */
const LIMIT = 900 * 1024;
/** Characters of one failure, so that it does not take the place of the others. */
const DETAIL_LIMIT = 20_000;

/**
 * A page of Markdown (GitHub's step summary, a merge request, a mail): totals for each kernel, then all that is not as expected,
 * with differences and splats. Whatever a guest said stands escaped inside HTML elements, where Markdown means nothing.
 */
export function summary(record: RunRecord): string {
  const { kconform, host } = record.started;
  const totals = countVerdicts(record.cases.map(({ result }) => result));
  const cutOff = { finished: '', interrupted: ', interrupted before the end', running: ', cut off' }[record.state];
  const results = record.cases.map(({ result }) => result);
  const unseen = [...unwatched(results), ...reusedLines(results, namesIn(record))].map(escapeXml);
  const head = [
    `## kconform: ${spell(totals)}`,
    '',
    table(record),
    '',
    `<p>kconform ${escapeXml(kconform)}, QEMU ${escapeXml(host.qemu)}, ${escapeXml(host.accelerator)}, ${duration(record.durationMs)}${cutOff}</p>`,
    ...(unseen.length === 0 ? [] : ['<pre>', ...unseen, '</pre>']),
    '',
  ].join('\n');
  const nameOf = namesIn(record);
  const wrong = record.cases.filter(({ result }) => isUnexpected(result.verdict));
  const details = wrong.map((one) => detail(one, nameOf));
  return `${head}${withinLimit(details, LIMIT - Buffer.byteLength(head))}`;
}

function spell(totals: Totals): string {
  const counts = Object.entries(totals).filter(([, count]) => count > 0);
  return counts.map(([verdict, count]) => `${count} ${verdict}`).join(', ') || 'no case was judged';
}

function table(record: RunRecord): string {
  const row = ({ name, cases }: KernelCases) => {
    const totals = countVerdicts(cases.map(({ result }) => result));
    const counts = VERDICTS.map((verdict) => `<td>${totals[verdict] === 0 ? '' : totals[verdict]}</td>`).join('');
    return `<tr><td><code>${escapeXml(plain(name))}</code></td>${counts}</tr>`;
  };
  return [
    '<table>',
    `<tr><th>kernel</th>${VERDICTS.map((verdict) => `<th>${verdict}</th>`).join('')}</tr>`,
    ...byKernel(record).map(row),
    '</table>',
  ].join('\n');
}

/** A `<pre>` is HTML to Markdown until its end tag, which no escaped text has. */
function detail({ result }: RecordedCase, nameOf: NameOf): string {
  const { verdict, case: name, kernel, reason } = result;
  const title = `<b>${verdict}</b> <code>${escapeXml(plain(name))}</code> on <code>${escapeXml(plain(nameOf(kernel)))}</code>`;
  const why = escapeXml(shorten(plain(reason ?? ''), 200));
  const lines = describe(result, nameOf).slice(1).join('\n');
  const all =
    lines.length > DETAIL_LIMIT ? `${shorten(lines, DETAIL_LIMIT)}\n(shortened; results.json has all)` : lines;
  const text = escapeXml(all);
  return `<details><summary>${title}: ${why}</summary>\n<pre>\n${text}\n</pre>\n</details>\n\n`;
}

function withinLimit(details: readonly string[], limit: number): string {
  const kept: string[] = [];
  let left = limit - 200;
  for (const text of details) {
    if (Buffer.byteLength(text) > left) continue; // a shorter one behind it may fit
    left -= Buffer.byteLength(text);
    kept.push(text);
  }
  const missing = details.length - kept.length;
  return `${kept.join('')}${missing > 0 ? `<p>${missing} more are not shown; results.json has them.</p>\n` : ''}`;
}
