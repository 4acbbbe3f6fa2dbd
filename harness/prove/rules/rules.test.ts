import { describe, expect, it } from 'vitest';
import { applyEdits } from '../../kernels/build/edits.ts';
import { mutantsOf, sample } from './rules.ts';

const TEXT = `static const int table[] = { 0 };

static int first(struct inode *inode, int flags)
{
	int err = 0;

	/* if (flags)
	 * return -EPERM;
	 */
	if (flags & ~MASK || !inode)
		return -EINVAL;
	inode->i_op = &ops;
	return err == 0;
}

bool second(int flags)
{
	inode->i_op = &ops;
	if (flags) {
		return true;
	}
	return false;
}
`;

/** What stands instead of a line: `12: a → b`. */
const changes = (only?: string) => mutantsOf('a.c', TEXT, only).map(({ id }) => id.replace('a.c:', ''));

describe('mutants of a function', () => {
  it('change conditions, statements, errnos, comparisons, operators and constants, one each', () => {
    expect(changes('first')).toEqual([
      '5: int err = 0; → int err = 1;',
      '10: if (flags & ~MASK || !inode) → if (!(flags & ~MASK || !inode))',
      '10: if (flags & ~MASK || !inode) → if (false)',
      '10: if (flags & ~MASK || !inode) → if (flags & ~MASK && !inode)',
      '10: if (flags & ~MASK || !inode) → if (flags | ~MASK || !inode)',
      '11: return -EINVAL; → return -EPERM;',
      '12: inode->i_op = &ops; → nothing',
      '13: return err == 0; → return err != 0;',
      '13: return err == 0; → return err == 1;',
    ]);
  });

  it('leave out what is no body, comments and other functions', () => {
    expect(changes('second').map((change) => change.split(':')[0])).toEqual(['18', '19', '19', '20', '22']);
    expect(changes()).toEqual([...changes('first'), ...changes('second')]);
    expect(changes('third')).toEqual([]);
    expect(changes('13')).toEqual(changes('first').slice(-2));
    expect(changes('1')).toEqual([]);
  });

  it('can each be made: what is to be found stands there once, also where a line stands twice', () => {
    for (const { id, edits } of mutantsOf('a.c', TEXT)) {
      const changed = applyEdits('a.c', TEXT, edits).split('\n');
      const differing = TEXT.split('\n').flatMap((line, index) => (line === changed[index] ? [] : [index + 1]));
      expect(differing, id).toEqual([Number(id.split(':')[1])]);
    }
  });
});

it('a sample is drawn by its seed, without drawing any twice', () => {
  const all = Array.from({ length: 50 }, (_, index) => index);
  const drawn = sample(all, 20, 7);
  expect(sample(all, 20, 7)).toEqual(drawn);
  expect(sample(all, 20, 8)).not.toEqual(drawn);
  expect(new Set(drawn).size).toBe(20);
  expect(sample(all, 99, 7).sort((a, b) => a - b)).toEqual(all);
});
