import { expect, test } from 'vitest';
import { loadBehaviours } from '../../run/discovery/behaviours.ts';
import { findCases } from '../../run/discovery/cases.ts';
import { casesTouching, printChosen } from './choose-cases.ts';

test("kconform's own cases are found by the file of their behaviours and by the titles of fixes", async () => {
  const [cases, behaviours] = await Promise.all([
    findCases('cases', ['bpffs/mount-owner', 'memory/commit-charge-leak']),
    loadBehaviours('cases'),
  ]);
  const whys = (...files: string[]) =>
    new Map(casesTouching(cases, behaviours, files).map(({ testCase, why }) => [testCase.name, why]));
  expect(whys('kernel/bpf/inode.c').get('bpffs/mount-owner')).toBe('observes behaviours of kernel/bpf/inode.c');
  expect(whys('mm/vma.c').get('memory/commit-charge-leak')).toBe(
    'has a known bug whose fix is titled with the subsystem of mm/vma.c',
  );
  expect(whys('kernel/bpf/inode.c').has('memory/commit-charge-leak')).toBe(false);
  expect(whys('drivers/gpu/drm/drm_file.c').size).toBe(0);
  expect(printChosen(casesTouching(cases, behaviours, ['mm/vma.c']))).toMatch(
    /^1 case has a known bug whose fix is titled .*: memory\//m,
  );
});
