import { expect, it } from 'vitest';
import { markEquivalent } from './equivalent.ts';
import { mutantsOf } from './rules.ts';

const TEXT = `bool first(void)
{
	if (!a)
		return false;
	if (!b)
		return false;
	return a;
}

bool second(void)
{
	if (!a)
		return false;
	return a;
}
`;

it('a mutant is known by its function, its change and the line above', () => {
  const known = {
    file: 'a.c',
    function: 'first',
    change: 'return false; → return true;',
    below: 'if (!b)',
    why: 'no b',
  };
  const explained = markEquivalent(mutantsOf('a.c', TEXT), TEXT, [known]);
  expect(explained.map(({ id }) => id)).toEqual(mutantsOf('a.c', TEXT).map(({ id }) => id));
  expect(explained.filter(({ equivalent }) => equivalent !== undefined).map(({ id }) => id)).toEqual([
    'a.c:6: return false; → return true;',
  ]);
  const all = markEquivalent(mutantsOf('a.c', TEXT), TEXT, [{ file: 'a.c', function: 'second', why: 'no caller' }]);
  const ofSecond = mutantsOf('a.c', TEXT).filter(({ id }) => Number(id.split(':')[1]) > 10);
  expect(all.filter(({ equivalent }) => equivalent === 'no caller').map(({ id }) => id)).toEqual(
    ofSecond.map(({ id }) => id),
  );
  expect(ofSecond.length).toBeGreaterThan(0);
  expect(markEquivalent(mutantsOf('b.c', TEXT), TEXT, [known]).some(({ equivalent }) => equivalent !== undefined)).toBe(
    false,
  );
});
