import { expectation } from 'kconform';
import type scenario from './scenario.ts';

const outOf = (option: string) => `EINVAL, e bpf: Bad value for '${option}'`;
const inside = (option: string) => ({
  '0': 'accepted',
  '65535': 'accepted',
  '65536': outOf(option),
  '100000': outOf(option),
  '4294967295': outOf(option),
});
const outside = (option: string) => ({
  '0': outOf(option),
  '65535': outOf(option),
  '99999': outOf(option),
  '100000': 'accepted',
  '165535': 'accepted',
  '165536': outOf(option),
});
/** Every reader sees the ids of the initial namespace. */
const shown = (options: string) => ({ inside: options, outside: options, nested: options });
const pin = { inside: '0:0', outside: '100000:100000' };

export default expectation<typeof scenario>({
  about:
    'uid= and gid= are ids in the user namespace of the caller, must be mapped in that of the bpffs, and are shown as initial ids',
  commit: 'b08c8fc0411d',
  source: 'https://git.kernel.org/torvalds/c/b08c8fc0411d',
  versions: ['6.9'],
  needs: { config: ['USER_NS'] },
  behaviours: {
    'mount/owner-in-userns': ['byChild', 'byRoot', 'setByChild.directory', 'setByRoot.directory'],
    'mount/owner-default': ['unset.directory'],
    'mount/shown-ids': ['unset.shown', 'setByChild.shown', 'setByRoot.shown'],
    'privilege/objects-in-userns': ['unset.pin'],
  },
  outcome: {
    byChild: { uid: inside('uid'), gid: inside('gid') },
    byRoot: { uid: outside('uid'), gid: outside('gid') },
    unset: {
      directory: { inside: '0:0', outside: '100000:100000' },
      pin,
      shown: shown('rw,relatime,uid=100000,gid=100000'),
    },
    setByChild: {
      directory: { inside: '5:6', outside: '100005:100006' },
      pin,
      shown: shown('rw,relatime,uid=100005,gid=100006'),
    },
    setByRoot: {
      directory: { inside: '7:8', outside: '100007:100008' },
      pin,
      shown: shown('rw,relatime,uid=100007,gid=100008'),
    },
  },
  quirks: [
    {
      title: 'the options of a mount show ids of the initial user namespace to a reader in another',
      documented: 'a process sees user and group ids as its user namespace maps them',
      link: 'https://man7.org/linux/man-pages/man7/user_namespaces.7.html',
      promised: {
        'unset.shown.inside': 'rw,relatime',
        'setByChild.shown.inside': 'rw,relatime,uid=5,gid=6',
        'setByRoot.shown.inside': 'rw,relatime,uid=7,gid=8',
      },
    },
  ],
});
