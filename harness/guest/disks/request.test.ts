import { expect, test } from 'vitest';
import type { Network } from '../../machine/machine.ts';
import { checkDevices, type DiskRequest, deviceModules } from './request.ts';

const small: DiskRequest = { sizeMiB: 1 };

test('what a machine can have', () => {
  checkDevices([], []);
  checkDevices(Array<DiskRequest>(26).fill(small), ['pair', 'pair']);
  checkDevices([{ sizeMiB: 2 ** 20, fileSystem: 'vfat' }, { image: '/x' }], Array<Network>(28).fill('user'));
});

test.each<[string, DiskRequest[], Network[], string, string]>([
  ['27 disks', Array(27).fill(small), [], '27 disks are too many', 'a machine has at most 26 disks'],
  [
    '31 devices',
    Array(25).fill(small),
    ['pair', 'pair', 'pair'],
    '25 disks and 6 network interfaces are too many',
    'a machine has at most 30 disks and network interfaces together',
  ],
  [
    'no size',
    [small, { sizeMiB: 0 }],
    [],
    'disk 1: 0 MiB is not a possible size',
    'give its size in MiB: an integer from 1 to 1048576',
  ],
  [
    'a broken size',
    [{ sizeMiB: 1.5 }],
    [],
    'disk 0: 1.5 MiB is not a possible size',
    'give its size in MiB: an integer from 1 to 1048576',
  ],
])('%s: one clear error', (_, disks, networks, message, hint) => {
  expect(() => checkDevices(disks, networks)).toThrow(
    expect.objectContaining({ code: 'KC_DEVICES', blame: 'case', message, hint }),
  );
});

test('the modules that devices need, each once', () => {
  expect(deviceModules([], [])).toEqual([]);
  const xfs = { sizeMiB: 512, fileSystem: 'xfs' } as const;
  expect(deviceModules([small, xfs, xfs, { image: '/x' }], ['pair'])).toEqual(['virtio_blk', 'virtio_net', 'xfs']);
});
