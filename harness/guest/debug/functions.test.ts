import { expect, test } from 'vitest';
import { addressesOf } from './functions.ts';

const target = { qemu: undefined, isNew: true } as never;

test('without symbols and without an agent, no function is called missing', async () => {
  await expect(addressesOf(['vfs_write'], undefined, target)).rejects.toMatchObject({
    code: 'KC_NO_SYMBOLS',
    blame: 'host',
    message: 'the address of vfs_write is unknown: there are no symbols of this kernel',
  });
});
