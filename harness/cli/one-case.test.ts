import { expect, test } from 'vitest';
import { caseAndPath } from './one-case.ts';

test.each([
  ['bpffs/a', 'bpffs/a', undefined],
  ['bpffs/a:root.uid', 'bpffs/a', 'root.uid'],
  ['agent/a:subtests["size 0"]', 'agent/a', 'subtests.size 0'],
  ['agent/a:subtests["a.b: c"]', 'agent/a', 'subtests["a.b: c"]'],
  ['agent/a:calls[0].errno', 'agent/a', 'calls[0].errno'],
])('%s', (asked, name, path) => {
  expect(caseAndPath(asked)).toEqual({ name, path });
});
