import { expect, it } from 'vitest';
import { hostFailure } from './host-failure.ts';

it.each([
  ['gcc: fatal error: Killed signal terminated program cc1', 'KC_HOST_LIMIT'],
  ['make[1]: *** [../lib.mk:222: /build/net/tls] Killed', 'KC_HOST_LIMIT'],
  ['collect2: fatal error: ld terminated with signal 9 [Killed]', 'KC_HOST_LIMIT'],
  ['/bin/sh: 1: Cannot fork: Cannot allocate memory', 'KC_HOST_LIMIT'],
  ['tls.c:1: fatal error: error writing to /tmp/a.s: No space left on device', 'KC_DISK_FULL'],
  ['rsync: [receiver] write failed on "/a/tls": No space left on device (28)', 'KC_DISK_FULL'],
])('blames the host for a build that it cut short: %s', (line, code) => {
  const failure = hostFailure(`  CC       tls\n${line}\n  CC       tap\n`);
  expect(failure).toMatchObject({ code, blame: 'host', evidence: { output: line } });
});

it.each([
  "tls.c:1679:9: error: too many arguments to function 'tls_crypto_info_init'",
  '  111 |         puts("Killed");',
  '  112 |         err(1, "No space left on device");',
  'make[1]: *** [../lib.mk:222: /build/net/tls] Error 1',
  '  CC       test_oomKilled',
])('takes no error of a program for one of the host: %s', (line) => {
  expect(hostFailure(line)).toBeUndefined();
});
