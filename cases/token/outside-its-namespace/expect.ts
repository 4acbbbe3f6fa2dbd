import { expectation } from 'kconform';
import type scenario from './scenario.ts';

const ALLOWED = { map: null, program: null, btf: null } as const;
const REFUSED = { map: 'EPERM', program: 'EPERM', btf: 'EPERM' } as const;

export default expectation<typeof scenario>({
  about: 'the user of a token needs capabilities over the user namespace of the token, not over their own',
  commit: ['35f96de04127', '6fe01d3cbb92'],
  source: 'https://git.kernel.org/torvalds/c/6fe01d3cbb92',
  versions: ['6.9'],
  needs: { config: ['USER_NS'] },
  behaviours: {
    'scope/initial-root': ['initialRoot', 'initialRootWithoutCapabilities'],
    'scope/initial-other': ['initialOther', 'otherNamespace'],
    'scope/nested': ['nested', 'parentOfNested'],
    'scope/capability-in-userns': ['inside'],
    'quirk/token-outside-userns': ['ownerWithoutToken', 'ownerWithToken'],
  },
  outcome: {
    inside: ALLOWED,
    initialRoot: ALLOWED,
    initialRootWithoutCapabilities: REFUSED,
    initialOther: REFUSED,
    otherNamespace: REFUSED,
    nested: REFUSED,
    parentOfNested: ALLOWED,
    ownerWithoutToken: REFUSED,
    ownerWithToken: ALLOWED,
  },
  quirks: [
    {
      title: 'the owner of the user namespace uses its token from the initial one, without any capability',
      documented: 'a token works only inside the user namespace that it was created for',
      link: 'https://git.kernel.org/torvalds/c/6fe01d3cbb92',
      promised: { ownerWithToken: REFUSED },
    },
  ],
});
