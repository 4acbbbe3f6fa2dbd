import { expect, it } from 'vitest';
import { mutantsOf } from './mutants.ts';
import { explain } from './survivors.ts';

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
  const explained = explain(mutantsOf('a.c', TEXT), TEXT, [known]);
  expect(explained.map(({ id }) => id)).toEqual(mutantsOf('a.c', TEXT).map(({ id }) => id));
  expect(explained.filter(({ survives }) => survives !== undefined).map(({ id }) => id)).toEqual([
    'a.c:6: return false; → return true;',
  ]);
  const all = explain(mutantsOf('a.c', TEXT), TEXT, [{ file: 'a.c', function: 'second', why: 'no caller' }]);
  const ofSecond = mutantsOf('a.c', TEXT).filter(({ id }) => Number(id.split(':')[1]) > 10);
  expect(all.filter(({ survives }) => survives === 'no caller').map(({ id }) => id)).toEqual(
    ofSecond.map(({ id }) => id),
  );
  expect(ofSecond.length).toBeGreaterThan(0);
  expect(explain(mutantsOf('b.c', TEXT), TEXT, [known]).some(({ survives }) => survives !== undefined)).toBe(false);
});
