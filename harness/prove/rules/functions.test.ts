import { expect, it } from 'vitest';
import { functionOf } from './functions.ts';

const TEXT = `static const struct ops table = {
	.free	= first,
};

static int first(struct inode *inode,
		 int flags)
{
	/* nothing */
	return flags;
}

bool second(int flags)
{
	return !flags;
}

SYSCALL_DEFINE2(third_call, int, cmd,
		unsigned int, size)
{
	return size;
}
`;

it('the function that has the text, also where the text begins with space before it', () => {
  expect(functionOf(TEXT, 'return flags;')).toBe('first');
  expect(functionOf(TEXT, '\n{\n\treturn !')).toBe('second');
  expect(functionOf(TEXT, '\n\treturn !flags')).toBe('second');
  expect(functionOf(TEXT, 'return size;')).toBe('third_call');
});

it('nothing for text that is in no function or not there', () => {
  expect(functionOf(TEXT, '.free\t= first,')).toBeUndefined();
  expect(functionOf(TEXT, 'fourth')).toBeUndefined();
});
