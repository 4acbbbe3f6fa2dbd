import type { RunRecord } from '../../../run/results/record.ts';
import { countVerdicts } from '../../../run/results/totals.ts';
import { SIGNS } from './verdicts.ts';

/** The verdicts are a legend as well: sign, word, how many. */
export function filters(record: RunRecord): string {
  const totals = countVerdicts(record.cases.map(({ result }) => result));
  const verdicts = Object.entries(SIGNS).map(([verdict, sign]) => {
    const count = Object.entries(totals).find(([name]) => name === verdict)?.[1] ?? 0;
    const box = `<input type="checkbox" name="verdict" value="${verdict}" checked${count === 0 ? ' disabled' : ''}>`;
    return `<label class="verdict">${box}<span class="sign ${verdict}" aria-hidden="true">${sign}</span> ${verdict} <b>${count}</b></label>`;
  });
  return `<form id="filters" role="search">
<label>Case <input type="search" name="case" placeholder="bpffs/mount" autocomplete="off" spellcheck="false"></label>
<label>Kernel <input type="search" name="kernel" placeholder="6.12.5" autocomplete="off" spellcheck="false"></label>
<fieldset><legend>Verdicts</legend>${verdicts.join('\n')}</fieldset>
<label><input type="checkbox" name="differs"> only cases that differ between kernels</label>
<label><input type="checkbox" name="times"> durations</label>
<output id="shown"></output>
</form>`;
}
