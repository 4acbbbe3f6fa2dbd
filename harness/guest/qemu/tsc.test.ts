import { expect, test } from 'vitest';
import { tscArgument, tscKilohertz } from './tsc.ts';

test('in a virtual machine the clock that is shown is the counter’s rate', () => {
  expect(tscKilohertz('model name\t: Xeon @ 2.00GHz\ncpu MHz\t\t: 2596.148\nflags\t\t: fpu hypervisor\n')).toBe(
    2596148,
  );
});

test('on bare metal the nominal clock counts, not the present one', () => {
  expect(tscKilohertz('model name\t: Intel(R) Core(TM) i7 @ 2.60GHz\ncpu MHz\t\t: 4100.1\nflags\t\t: fpu\n')).toBe(
    2600000,
  );
});

test('without a nominal clock the present one is rounded, so that templates keep their key', () => {
  expect(tscKilohertz('model name\t: AMD EPYC\ncpu MHz\t\t: 2449.9\nflags\t\t: fpu\n')).toBe(2400000);
});

test('a host without a known rate adds nothing to the command line', () => {
  expect(tscArgument('processor\t: 0\n')).toBe('');
});
