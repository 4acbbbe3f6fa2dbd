/** Guests on published kernels, which load signed modules out of the packages. */
import { expect, test } from 'vitest';
import { resolveKernel } from '../resolve.ts';
import { bootWithModules } from './guest.test-support.ts';

test.each(['6.1', '6.12.118', '7'])(
  'a guest on published %s loads modules with what they depend on, untainted',
  async (spec) => {
    const kernel = await resolveKernel(spec);
    const { modules, taint, release } = await bootWithModules(kernel, ['overlay', 'nf_tables', 'null-blk', 'btrfs']);
    const loaded = modules.split('\n').map((line) => line.split(' ')[0]);
    expect(release).toBe(kernel.version);
    expect(loaded).toEqual(
      expect.arrayContaining(['overlay', 'nf_tables', 'configfs', 'null_blk', 'raid6_pq', 'btrfs']),
    );
    expect(taint).toBe(0);
  },
);
