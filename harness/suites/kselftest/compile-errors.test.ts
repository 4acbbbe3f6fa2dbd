import { expect, it } from 'vitest';
import { readMakeErrors } from './compile-errors.ts';

/** As make -k printed it for 6.12.118's own selftests. */
const LOG = `  CC       reuseport_bpf_numa
reuseport_bpf_numa.c: In function 'cpu_pinning':
reuseport_bpf_numa.c:111:8: error: unknown type name 'bool'
  111 | static bool pinned;
make[1]: *** [../lib.mk:222: /build/net/reuseport_bpf_numa] Error 1
  CC       tap
  CC       tls
tls.c:1679:9: error: too many arguments to function 'tls_crypto_info_init'
tls.c:1742:9: error: too many arguments to function 'tls_crypto_info_init'
make[1]: *** [../lib.mk:222: /build/net/tls] Error 1
make[3]: *** No rule to make target 'netdev-user.c', needed by 'netdev-user.o'.
make[1]: *** [ynl.mk:20: /build/net/libynl.a] Error 2
`;

it('names each program that was not made with its first error', () => {
  expect(Object.fromEntries(readMakeErrors(LOG, '/build/net').programs)).toEqual({
    reuseport_bpf_numa: "reuseport_bpf_numa.c:111:8: error: unknown type name 'bool'",
    tls: "tls.c:1679:9: error: too many arguments to function 'tls_crypto_info_init'",
    'libynl.a': "make[3]: *** No rule to make target 'netdev-user.c', needed by 'netdev-user.o'.",
  });
});

it('says that a compiler is not there', () => {
  const log = `/bin/sh: 1: clang: not found
make[1]: clang: No such file or directory
make[1]: *** [bpf.mk:42: /build/net/a.bpf.o] Error 127
make[1]: clang: No such file or directory
make[1]: *** [bpf.mk:42: /build/net/b.bpf.o] Error 127
`;
  expect(Object.fromEntries(readMakeErrors(log, '/build/net').programs)).toEqual({
    'a.bpf.o': '/bin/sh: 1: clang: not found',
    'b.bpf.o': 'make[1]: clang: No such file or directory',
  });
});

it('keeps the errors of programs apart that are compiled at the same time', () => {
  const log = `khugepaged.c:1195:24: error: 'KSFT_SKIP' undeclared
memfd_secret.c:16:10: fatal error: sys/capability.h: No such file or directory
make[1]: *** [../lib.mk:222: /build/mm/khugepaged] Error 1
make[1]: *** [../lib.mk:222: /build/mm/memfd_secret] Error 1
`;
  expect(Object.fromEntries(readMakeErrors(log, '/build/mm').programs)).toEqual({
    khugepaged: "khugepaged.c:1195:24: error: 'KSFT_SKIP' undeclared",
    memfd_secret: 'memfd_secret.c:16:10: fatal error: sys/capability.h: No such file or directory',
  });
});

it('finds no error where make succeeded', () => {
  expect(readMakeErrors('  CC       tap\n', '/build/net')).toEqual({ programs: new Map(), first: undefined });
});

it('gives the error of a Makefile that makes nothing', () => {
  expect(readMakeErrors('Makefile:3: ERROR: install libcap-dev\n', '/build/x').first).toBe(
    'Makefile:3: ERROR: install libcap-dev',
  );
});
