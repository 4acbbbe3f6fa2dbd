import { atLeast, expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'listmount finds no mount after the largest id',
  versions: ['6.8'],
  outcome: {
    some: true,
    beforeLast: { value: 0, errno: null },
    afterLast: { value: 0, errno: null },
  },
  knownBugs: [
    {
      title: 'the list begins again',
      fix: "listmount: don't wrap around with a U64_MAX cursor",
      fixedIn: ['6.12.117'],
      instead: { afterLast: { value: atLeast(1), errno: null } },
    },
  ],
});
