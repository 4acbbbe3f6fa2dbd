import { isUnstable } from '../../../expect/judge/standing.ts';
import { isUnexpected } from '../../../expect/outcome.ts';
import type { KernelCases, RecordedCase } from '../../../run/results/record.ts';
import { plain } from '../../text/text.ts';
import { escapeXml } from '../xml.ts';
import type { Places } from './places.ts';
import { SIGNS } from './verdicts.ts';

/** Cases down, kernels across; each cell is a button whose name says the whole. */
export function matrix(places: Places): string {
  const heads = places.kernels.map(({ name, kernel }) => {
    const title = escapeXml(plain(kernel.package ?? kernel.spec));
    return `<th scope="col"><span title="${title}">${escapeXml(plain(name))}</span></th>`;
  });
  return `<div id="matrix"><table role="grid" aria-label="verdicts of cases on kernels">
<thead><tr><th scope="col" class="corner">${places.cases.length} cases × ${places.kernels.length} kernels</th>${heads.join('')}</tr></thead>
<tbody>
${places.cases.map((name) => row(name, places)).join('\n')}
</tbody>
</table></div>`;
}

function row(name: string, places: Places): string {
  const cells = places.kernels.map((kernel) => {
    const number = places.cellAt(name, kernel);
    const entry = number === undefined ? undefined : places.cells[number];
    return entry === undefined || number === undefined ? '<td></td>' : `<td>${button(entry, kernel, number)}</td>`;
  });
  return `<tr><th scope="row">${escapeXml(plain(name))}</th>${cells.join('')}</tr>`;
}

function button({ result }: RecordedCase, { name: kernel }: KernelCases, number: number): string {
  const { verdict, durationMs } = result;
  const label = `${verdict}: ${plain(result.case)} on ${plain(kernel)}`;
  const unstable = isUnstable(result) ? ' unstable' : '';
  const unexpected = isUnexpected(verdict) ? ' data-unexpected' : '';
  const seconds = (durationMs / 1000).toFixed(1);
  const name = escapeXml(`${label}${unstable === '' ? '' : ', unstable'}`);
  return `<button type="button" tabindex="-1" class="${verdict}${unstable}" data-cell="${number}"${unexpected} data-seconds="${seconds}" aria-label="${name}">${SIGNS[verdict]}</button>`;
}
