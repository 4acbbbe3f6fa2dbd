import { expect, test } from 'vitest';
import type { ScenarioRun } from '../../run/case/observe.ts';
import { printKernelTable } from './kernel-table.ts';

function run(observations: object): ScenarioRun {
  const oracles = { splats: [], leaks: [], taints: [], counters: [], unavailable: {}, unproven: {} };
  return { console: '', failure: undefined, outcome: { observations: { ...observations }, oracles } };
}

const fine = { exitCode: 0, signal: null, output: 'one\ntwo', nested: { a: 1, b: [1] } };
const failed = { exitCode: 1, signal: null, output: 'one\n2\nthree', nested: { a: 1, b: [2] } };

test('a line for each kernel, then what is not the same on all', () => {
  const text = printKernelTable([
    { version: '6.12.43', runs: [run(failed)] },
    { version: '6.12.57', runs: [run(failed)] },
    { version: '6.12.118', runs: [run(fine)] },
  ]);
  expect(text).toMatchInlineSnapshot(`
    "
    kernel    result
    6.12.43   the scenario failed: exit code 1
    6.12.57   the scenario failed: exit code 1
    6.12.118  nothing suspicious

    what differs:
      exitCode  1    on 6.12.43, 6.12.57
                0    on 6.12.118
      output    2    on 6.12.43, 6.12.57
                two  on 6.12.118
      nested.b  [2]  on 6.12.43, 6.12.57
                [1]  on 6.12.118
    "
  `);
});

test('nothing differs; several runs on a kernel are counted', () => {
  const text = printKernelTable([
    { version: '6.12.43', runs: [run(fine), run(fine)] },
    { version: '6.12.118', runs: [run(fine)] },
  ]);
  expect(text).toMatchInlineSnapshot(`
    "
    kernel    result
    6.12.43   0 of 2 runs made the kernel misbehave
    6.12.118  nothing suspicious

    all observations are the same on all of these kernels
    "
  `);
});
