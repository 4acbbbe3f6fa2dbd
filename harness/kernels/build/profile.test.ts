import { expect, test } from 'vitest';
import { checkConfig, loadProfile, parseFragment, printFragment, profileNames } from './profile.ts';

test('a fragment has values, text, what must not be set, and reasons behind each', () => {
  const text = [
    '# a title',
    'CONFIG_A=y   # why',
    'CONFIG_B="bpf # no remark"',
    '# CONFIG_C is not set  (why)',
    'CONFIG_D=30',
    '',
  ];
  const settings = parseFragment(text.join('\n'));
  expect(settings).toEqual([
    { option: 'A', value: 'y' },
    { option: 'B', value: '"bpf # no remark"' },
    { option: 'C', value: null },
    { option: 'D', value: '30' },
  ]);
  expect(printFragment(settings)).toBe('CONFIG_A=y\nCONFIG_B="bpf # no remark"\n# CONFIG_C is not set\nCONFIG_D=30\n');
});

test('options that the configuration dropped or changed are named, each with what it is', () => {
  const settings = parseFragment('CONFIG_A=y\nCONFIG_B=y\n# CONFIG_C is not set\nCONFIG_D=30\n# CONFIG_E is not set\n');
  const config = 'CONFIG_A=y\n# CONFIG_B is not set\nCONFIG_C=y\nCONFIG_D=120\n';
  expect(() => checkConfig(config, settings, 'debug')).toThrow(
    /drops options of profile debug: CONFIG_B=y \(is not set\), CONFIG_C=n \(is y\), CONFIG_D=30 \(is 120\)$/,
  );
  expect(() => checkConfig('CONFIG_A=y\nCONFIG_B=y\nCONFIG_D=30\n', settings, 'debug')).not.toThrow();
});

test('every profile names itself in the release, and each of its options has one value', async () => {
  const names = await profileNames();
  expect(names).toEqual(['debug', 'kasan', 'nobtf', 'plain']);
  for (const name of names) {
    const { settings } = await loadProfile(name);
    expect(settings).toContainEqual({ option: 'LOCALVERSION', value: `"+${name}"` });
    expect(settings).toContainEqual({ option: 'BUG', value: 'y' });
    expect(new Set(settings.map(({ option }) => option)).size).toBe(settings.length);
  }
  expect((await loadProfile('kasan')).machine).toEqual({ memoryMiB: 768, cpus: 2 });
});

test('a profile that is not there is an error with those that are', async () => {
  await expect(loadProfile('debgu')).rejects.toMatchObject({
    code: 'KC_NO_SUCH_PROFILE',
    hint: 'did you mean debug? The profiles are debug, kasan, nobtf, plain',
  });
});
