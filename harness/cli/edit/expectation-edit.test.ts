import { describe, expect, test } from 'vitest';
import { editExpectation } from './expectation-edit.ts';

/** An expect.ts with that outcome. */
function source(outcome: string): string {
  return `import { anyOf, expectation } from 'kconform';
export default expectation({
  about: 'a', // outcome: { uid: 1 }
  commit: 'b',
  outcome: ${outcome},
});
`;
}

function edit(outcome: string, path: string, expected: string, observed: string) {
  return editExpectation(source(outcome), { path, expected, observed });
}

describe('only the characters of the value change', () => {
  test.each([
    ['{ uid: 1, gid: 1 }', 'gid', '1', '2', '{ uid: 1, gid: 2 }'],
    ['{ root: { /* why */ uid: 1 } }', 'root.uid', '1', '-2', '{ root: { /* why */ uid: -2 } }'],
    [
      '{ calls: [{ errno: 1 }, { errno: 1 }] }',
      'calls[1].errno',
      '1 (EPERM)',
      '13 (EACCES)',
      '{ calls: [{ errno: 1 }, { errno: 13 }] }',
    ],
    ['{ refused: null }', 'refused', 'null', "'EPERM'", "{ refused: 'EPERM' }"],
    ['{ mode: 0o755 }', 'mode', '0o755', '0o1777', '{ mode: 0o1777 }'],
    ['{ magic: 0xcafe4a11 }', 'magic', '3405662737', '255', '{ magic: 0xff }'],
    ['{ "a.b": "x" }', '["a.b"]', "'x'", "'it\\'s'", "{ \"a.b\": 'it\\'s' }"],
    ['{ list: [1, 2] }', 'list[0]', '1', '{ a: [null] }', '{ list: [{ a: [null] }, 2] }'],
    ['{ uid: 1 as number }', 'uid', '1', '2', '{ uid: 2 as number }'],
    ['{ n: anyOf(1, 2), uid: 1 }', 'uid', '1', '2', '{ n: anyOf(1, 2), uid: 2 }'],
    ['({ uid: 1 }) satisfies object', 'uid', '1', '2', '({ uid: 2 }) satisfies object'],
    ['{ ...shared, uid: 1 }', 'uid', '1', '2', '{ ...shared, uid: 2 }'],
    ['{ uid: 1 }', 'gid', '(nothing)', '2', '{ uid: 1, gid: 2 }'],
    [
      '{\n    // why: x\n    uid: 1, // y\n  }',
      'gid',
      '(nothing)',
      '2',
      '{\n    // why: x\n    uid: 1,\n    gid: 2, // y\n  }',
    ],
    ['{}', 'a-b', '(nothing)', 'true', '{ "a-b": true }'],
  ])('%s at %s: %s → %s', (outcome, path, expected, observed, after) => {
    expect(edit(outcome, path, expected, observed)).toMatchObject({ text: source(after) });
  });
});

describe('what is not a literal of that run is left for a person', () => {
  test.each([
    ['{ uid: anyOf(1, 2) }', 'uid', '1 or 2', '3', /line 5 is the matcher anyOf\(1, 2\)/],
    ['{ list: including(1) }', 'list[0]', '1', '3', /is the matcher including\(1\)/],
    ['{ uid: UID }', 'uid', '1', '3', /is UID, which is not a literal/],
    ['{ uid }', 'uid', '1', '3', /has a spread or a short form/],
    ['{ uid: 1, ...shared }', 'uid', '1', '3', /has a spread or a short form/],
    ['{ list: [...shared, 1] }', 'list[1]', '1', '3', /has a spread/],
    ['{ list: [] }', 'list[0]', '(nothing)', '3', /has no such element/],
    ['{ uid: 1 }', 'root.uid', '(nothing)', '3', /says nothing of root\.uid/],
    ['{ uid: 1 }', 'uid', '1', '(nothing)', /not observed any more/],
    ['{ uid: 7 }', 'uid', '1', '3', /line 5 is not what was expected in that run: run it again/],
    ['{ gid: 1 }', 'uid', '1', '3', /is not what was expected in that run/],
    ['{ at: { /* why */ uid: 1 } }', 'at', '{ uid: 1 }', 'null', /has comments inside/],
    ['{ uid: 1 }', 'uid', '1', '3, hack: process.exit()', /is not a value that can be written/],
    ['{ uid: 1 }', 'uid', '1', 'process.exit()', /is not a value that can be written/],
    ['OUTCOME', 'uid', '1', '3', /is OUTCOME, which is not a literal/],
  ])('%s at %s', (outcome, path, expected, observed, words) => {
    expect(edit(outcome, path, expected, observed)).toEqual({ refusal: expect.stringMatching(words) });
  });

  test('a file that is written otherwise', () => {
    const text = 'const e = expectation({ outcome: { uid: 1 } });\nexport default e;\n';
    const outcome = editExpectation(text, { path: 'uid', expected: '1', observed: '2' });
    expect(outcome).toEqual({ refusal: expect.stringMatching(/there is no outcome/) });
  });
});
