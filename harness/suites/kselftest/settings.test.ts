import { describe, expect, it } from 'vitest';
import { limitOf, needsOf } from './settings.ts';

describe('limitOf', () => {
  it('is 45 s without a settings file, as in runner.sh', () => {
    expect(limitOf(undefined)).toBe(45_000);
  });

  it('is the timeout of the file', () => {
    expect(limitOf('# a comment\ntimeout=210\n')).toBe(210_000);
  });

  it('takes timeout=0, which means none, for half an hour', () => {
    expect(limitOf('timeout=0\n')).toBe(1_800_000);
  });
});

describe('needsOf', () => {
  const modules = new Map([
    ['OVERLAY_FS', ['overlay']],
    ['BLK_DEV_LOOP', ['loop']],
  ]);

  it('asks for options that can be modules as modules, and for others as built in', () => {
    const fragment =
      'CONFIG_USER_NS=y\n# CONFIG_OFF is not set\nCONFIG_OVERLAY_FS=m\nCONFIG_BLK_DEV_LOOP=y\nCONFIG_HZ="100"\n';
    expect(needsOf(fragment, modules)).toEqual({ config: ['USER_NS'], modules: ['loop', 'overlay'] });
  });

  it('asks for nothing without a fragment', () => {
    expect(needsOf(undefined, modules)).toEqual({ config: [], modules: [] });
  });
});
