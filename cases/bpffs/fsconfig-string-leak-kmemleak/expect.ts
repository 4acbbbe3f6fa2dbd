import { byConfig, expectation } from 'kconform';
import type scenario from './scenario.ts';

const accepted = { iterations: 50, failures: 0, errno: null } as const;
const refused = { iterations: 50, failures: 50, errno: 'EINVAL' } as const;

const results = {
  any: accepted,
  number: accepted,
  names: {
    iterations: 50,
    failures: byConfig('DEBUG_INFO_BTF', 0, 50),
    errno: byConfig('DEBUG_INFO_BTF', null, 'EINVAL'),
  },
  refused,
  refusedLast: refused,
  owner: accepted,
};

export default expectation<typeof scenario>({
  about: 'kmemleak finds no leaked string of a delegation option, whether fsconfig or mount accepts or rejects it',
  commit: '1f97c03f43fa',
  source: 'https://git.kernel.org/torvalds/c/1f97c03f43fa',
  versions: ['6.10'], // names
  needs: { config: ['DEBUG_KMEMLEAK'], features: ['kmemleak'] },
  behaviours: {
    'strings/freed-any': ['fsconfig.any', 'mount.any'],
    'strings/freed-number': ['fsconfig.number', 'mount.number'],
    'strings/freed-names': ['fsconfig.names', 'mount.names'],
    'strings/freed-refused': ['fsconfig.refused', 'fsconfig.refusedLast', 'mount.refused', 'mount.refusedLast'],
    'strings/freed-owner': ['fsconfig.owner', 'mount.owner'],
    'strings/freed-mount': ['mount'],
  },
  outcome: { fsconfig: results, mount: results },
});
