import { expect, test } from 'vitest';
import { addressesOf } from './functions.ts';

const target = { qemu: undefined, isNew: true } as never;

test('without symbols, and without anybody to ask, no function is called missing', async () => {
  await expect(addressesOf(['vfs_write'], undefined, target)).rejects.toMatchObject({
    code: 'KC_NO_SYMBOLS',
    blame: 'host',
    message: 'nobody can say where vfs_write is: there are no symbols of this kernel',
  });
});
