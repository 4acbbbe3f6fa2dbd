import { expect, test } from 'vitest';
import { BOOT } from '../expect/judge/boot.ts';
import { noReports, type Verdict } from '../expect/outcome.ts';
import type { CaseResult } from '../run/events.ts';
import { stillTrue } from './run-parts.ts';

const published = { id: 'p', spec: '6.12', version: '6.12.1', package: 'linux-image=6.12.1-1' };
const file = { id: 'f', spec: './bzImage', version: '6.12.1', package: null };

function judged(name: string, verdict: Verdict, more: Partial<CaseResult> = {}) {
  const result = {
    kernel: published,
    case: name,
    verdict,
    durationMs: 1,
    observations: [],
    oracles: noReports,
    rerun: '',
  };
  return { result: { ...result, ...more }, console: '', transcript: '' };
}

test('a resumed run keeps what nothing can have changed', () => {
  const machine = { modules: ['loop'] };
  const earlier = [
    judged('kept', 'PASS'),
    judged('kept-with-modules', 'PASS', { machine }),
    judged('kept-on-a-file', 'PASS', { kernel: file }),
    judged('modules-of-a-file', 'PASS', { kernel: file, machine }),
    judged('edited', 'PASS'),
    judged('error', 'ERROR'),
    judged(BOOT, 'ERROR'),
  ];
  const inputs = { edited: 'a', error: 'b' };
  const planned = { kernels: [published, file], cases: [], inputs };
  const kept = stillTrue({ judged: earlier, planned }, [], { ...inputs, edited: 'other' }, () => undefined);
  expect(kept.map(({ result }) => result.case)).toEqual(['kept', 'kept-with-modules', 'kept-on-a-file', 'error']);
});
