import { expectation } from 'kconform';
import type scenario from './scenario.ts';

export default expectation<typeof scenario>({
  about: 'kmemleak finds no leak after mounting, pinning, reading and tokens, successful or failed',
  commit: ['d2935de7e4fd', '35f96de04127'],
  source: 'https://docs.kernel.org/dev-tools/kmemleak.html',
  versions: ['6.9'], // tokens
  needs: { config: ['DEBUG_KMEMLEAK', 'USER_NS'], features: ['kmemleak'] },
  behaviours: {
    'memory/mounts': ['mounted', 'notMounted', 'contextOnly', 'contextCreated'],
    'memory/names': ['symlink', 'symlinkThere', 'directory'],
    'memory/pins': ['read', 'pinned', 'notPinned', 'objGet', 'objGetRefused'],
    'memory/tokens': ['token', 'noToken'],
  },
  outcome: {
    mounted: '50: 0, 0',
    notMounted: '50: 50 EINVAL',
    contextOnly: '50: 0, 0',
    contextCreated: '50: 0, 0, 0',
    symlink: '50: 0, 0',
    symlinkThere: '50: 50 EEXIST',
    directory: '50: 0, 0',
    read: '50: 0, 0',
    pinned: '50: 0, 0',
    notPinned: '50: 50 EEXIST, 50 EPERM',
    objGet: '50: 0, 0',
    objGetRefused: '50: 50 EINVAL, 50 EACCES',
    token: '50: 0, 0',
    noToken: '50: 50 ENOENT, 50 EBADF',
  },
});
