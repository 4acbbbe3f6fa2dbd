import { byKernel, type RunRecord } from '../../../run/results/record.ts';
import { countVerdicts } from '../../../run/results/totals.ts';
import { duration, plain } from '../../text/text.ts';
import { escapeXml } from '../xml.ts';
import type { Places } from './places.ts';

/** What the run was made with, and its kernels: where each came from, what it came to, how long its cases took. */
export function environment(record: RunRecord, { versions }: Places): string {
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
<thead><tr><th scope="col">version</th><th scope="col">asked for as</th><th scope="col">package</th><th scope="col">verdicts</th><th scope="col">time of its cases</th></tr></thead>
<tbody>
${kernelRows(record, versions).join('\n')}
</tbody>
</table></div>
<h2>What took longest</h2>
<ol>
${longest(record).join('\n')}
</ol>
</section>`;
}

function kernelRows(record: RunRecord, versions: readonly string[]): string[] {
  const kernels = byKernel(record);
  return versions.map((version) => {
    const results = (kernels.get(version) ?? []).map(({ result }) => result);
    const kernel = results[0]?.kernel;
    const totals = Object.entries(countVerdicts(results)).filter(([, count]) => count > 0);
    const cells = [
      version,
      kernel?.spec ?? '',
      kernel?.package ?? 'none',
      totals.map(([verdict, count]) => `${count} ${verdict}`).join(', '),
      duration(results.reduce((sum, { durationMs }) => sum + durationMs, 0)),
    ];
    return `<tr>${cells.map((cell) => `<td>${escapeXml(plain(cell))}</td>`).join('')}</tr>`;
  });
}

function longest(record: RunRecord): string[] {
  return record.cases
    .map(({ result }) => result)
    .toSorted((a, b) => b.durationMs - a.durationMs)
    .slice(0, 10)
    .map(
      (result) =>
        `<li>${duration(result.durationMs)}: ${escapeXml(plain(`${result.case} on ${result.kernel.version}`))}</li>`,
    );
}
