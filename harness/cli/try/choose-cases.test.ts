import { expect, test } from 'vitest';
import type { LoadedScenario } from '../../authors/scenarios.ts';
import { expectation } from '../../expect/expectation.ts';
import { loadBehaviours } from '../../run/discovery/behaviours.ts';
import { findCases } from '../../run/discovery/cases.ts';
import { casesTouching, printChosen, withoutRaces } from './choose-cases.ts';

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

test('races run only if they are named, and it is said which ones concern the patch', () => {
  const scenario: LoadedScenario = { kind: 'scenario', run: async () => ({}) };
  const chosen = (name: string, fields: object) => {
    const loaded = { scenario, expectation: expectation({ about: 'a', outcome: {}, ...fields }) };
    return { testCase: { name, argument: name, folder: `/cases/${name}`, machine: {}, loaded }, why: 'w' };
  };
  const race = chosen('epoll/zero', { race: { hits: 50, runs: 50, kernel: '6.12.96' } });
  const plain = chosen('epoll/plain', {});
  const said: string[] = [];
  const say = (line: string) => said.push(line);
  expect(withoutRaces([plain, race], say)).toEqual([plain]);
  expect(said).toEqual([
    'races that concern the files of the patch are left out: epoll/zero; run one with --case epoll/zero',
  ]);
  expect(() => withoutRaces([race], say)).toThrow(
    'undetermined: only races concern the files of the patch: epoll/zero',
  );
  expect(withoutRaces([], say)).toEqual([]);
});
