import { type KernelCases, namesIn, type RunRecord } from '../../../run/results/record.ts';
import { countVerdicts } from '../../../run/results/totals.ts';
import { duration, plain } from '../../text/text.ts';
import { escapeXml } from '../xml.ts';
import type { Places } from './places.ts';

/** What the run was made with, and its kernels: origin, verdicts, time of its cases. */
export function environment(record: RunRecord, { kernels }: Places): string {
  const { id, kconform, startedAt, host } = record.started;
  const facts = {
    run: id,
    started: startedAt,
    took: duration(record.durationMs),
    kconform,
    QEMU: host.qemu,
    CPUs: String(host.cpus),
    accelerator: `${host.accelerator} (${host.acceleratorReason})`,
  };
  const list = Object.entries(facts).map(([name, value]) => `<dt>${name}</dt><dd>${escapeXml(plain(value))}</dd>`);
  return `<section id="environment">
<h2>Environment</h2>
<dl>${list.join('')}</dl>
<h2>Kernels</h2>
<div class="wide"><table>
<thead><tr><th scope="col">kernel</th><th scope="col">asked for as</th><th scope="col">package</th><th scope="col">verdicts</th><th scope="col">time of its cases</th></tr></thead>
<tbody>
${kernels.map(kernelRow).join('\n')}
</tbody>
</table></div>
<h2>What took longest</h2>
<ol>
${longest(record).join('\n')}
</ol>
</section>`;
}

function kernelRow({ kernel, name, cases }: KernelCases): string {
  const results = cases.map(({ result }) => result);
  const totals = Object.entries(countVerdicts(results)).filter(([, count]) => count > 0);
  const cells = [
    name,
    kernel.spec,
    kernel.package ?? 'none',
    totals.map(([verdict, count]) => `${count} ${verdict}`).join(', '),
    duration(results.reduce((sum, { durationMs }) => sum + durationMs, 0)),
  ];
  return `<tr>${cells.map((cell) => `<td>${escapeXml(plain(cell))}</td>`).join('')}</tr>`;
}

function longest(record: RunRecord): string[] {
  const nameOf = namesIn(record);
  return record.cases
    .map(({ result }) => result)
    .toSorted((a, b) => b.durationMs - a.durationMs)
    .slice(0, 10)
    .map(
      (result) =>
        `<li>${duration(result.durationMs)}: ${escapeXml(plain(`${result.case} on ${nameOf(result.kernel)}`))}</li>`,
    );
}
