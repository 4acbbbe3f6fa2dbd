import { expect, test } from 'vitest';
import type { Needs } from './expectation.ts';
import { unmetByKernel } from './needs.ts';

const kernel = (config: Readonly<Record<string, string>> | null, version = '6.12.118') => ({
  version,
  config: config === null ? null : new Map(Object.entries(config)),
});
const unmet = (needs: Needs, config: Readonly<Record<string, string>> | null) =>
  unmetByKernel({ needs, outcome: {} }, kernel(config));

test('an option is needed built in', () => {
  const needs = { config: ['BPF_LSM'] };
  expect(unmet(needs, { BPF_LSM: 'y' })).toBeUndefined();
  expect(unmet(needs, { CONFIG_BPF_LSM: 'y' })).toBeUndefined();
  for (const config of [{}, { BPF_LSM: 'm' }, { BPF_LSM: 'n' }]) {
    expect(unmet(needs, config)).toBe('needs CONFIG_BPF_LSM built in');
  }
  expect(unmet(needs, null)).toBe('needs CONFIG_BPF_LSM, and the config of this kernel is unknown');
});

test('an option must be absent; a kernel with an unknown config counts as one without', () => {
  const needs = { withoutConfig: ['KASAN'] };
  expect(unmet(needs, { KASAN: 'y' })).toBe('needs a kernel without CONFIG_KASAN');
  for (const config of [{}, { KASAN: 'n' }, null]) expect(unmet(needs, config)).toBeUndefined();
});

test('a version is needed', () => {
  const at = (version: string) => unmetByKernel({ versions: ['6.9'], outcome: {} }, kernel({}, version));
  expect(at('6.12.1')).toBeUndefined();
  expect(at('6.1.192')).toBe('needs 6.9 or later; this is 6.1.192');
});

test('a stable version says nothing of branches that are not named', () => {
  const at = (version: string, versions = ['6.12.54']) => unmetByKernel({ versions, outcome: {} }, kernel({}, version));
  expect(at('6.12.54')).toBeUndefined();
  expect(at('6.12.53')).toBe('needs 6.12.54 or later; this is 6.12.53');
  expect(at('6.13.1')).toBe('needs 6.12.54, which says nothing about the branch of 6.13.1');
  expect(at('7.0')).toBe('needs 6.12.54, which says nothing about the branch of 7.0');
  expect(at('7.0', ['6.12.54', '6.18'])).toBeUndefined();
  expect(at('6.13.1', ['6.12.54', '6.18'])).toBe('needs 6.12.54, 6.18 or later; this is 6.13.1');
});
