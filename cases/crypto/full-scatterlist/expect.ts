import { expectation } from 'kconform';

export default expectation({
  about: 'an AF_ALG socket reads its input through all lists of pages, also if one call has filled a list',
  machine: { modules: ['algif_aead', 'gcm', 'ghash-generic', 'crypto_null'] },
  outcome: {
    filled: 126 * 4096,
    more: 2 * 4096,
    read: 128 * 4096 + 16,
    exitCode: 0,
    signal: null,
    output: '',
  },
  knownBugs: [
    {
      title: 'it ends at the first full list and dereferences a null pointer',
      fix: 'crypto: af-alg - fix NULL pointer dereference in scatterwalk',
      fixedIn: ['6.12.81'],
      instead: {},
      splats: [
        { kind: 'BUG', title: 'kernel NULL pointer dereference' },
        { kind: 'GPF', title: 'null-ptr-deref' }, // with KASAN
      ],
    },
  ],
});
