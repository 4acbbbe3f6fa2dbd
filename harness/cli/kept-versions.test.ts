import { expect, test } from 'vitest';
import { resultOn } from '../evidence/evidence.test-support.ts';
import { ofSameMachine, whyNotKept } from './kept-versions.ts';

const result = resultOn('6.12.69', 'bpffs/mount');

test.each([
  ['of the same case', 'kconform-shared-own', 'kconform-shared-own', undefined],
  ['of another kconform or machine', 'kconform-shared-own', 'other-shared-own', /^Files that the cases share/],
  ['with another shared file', 'kconform-shared-own', 'kconform-other-own', /^Files that the cases share/],
  ['without a hash', undefined, 'kconform-shared-own', /^The run did not record/],
  ['of a case without a hash', 'kconform-shared-own', undefined, /^The run did not record/],
])('kept results %s', (_, inputs, now, why) => {
  const told = whyNotKept({ result, inputs, now });
  if (why === undefined) expect(told).toBeUndefined();
  else expect(told).toMatch(why);
});

test('kept results of another machine, or with other packages, are left out', () => {
  const packages = { suite: 'trixie', sha256: 'a', packages: [] };
  const same = resultOn('6.12.43', 'bpffs/mount');
  const kept = [same, { ...same, machine: { cpus: 2 } }, { ...same, packages }];
  expect(ofSameMachine(kept, { result })).toEqual([same]);
});
