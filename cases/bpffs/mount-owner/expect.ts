import { expectation } from 'kconform';
import { sinceOwner } from '../since.ts';
import type scenario from './scenario.ts';

const owned = (owner: string, shown: string, mode = '41777') => ({
  shown: sinceOwner(/mode=\d+/.exec(shown)?.[0] ?? '', shown),
  owner: sinceOwner('0:0', owner),
  mode,
});
const badValue = (option: string) => sinceOwner('', `EINVAL, bpf: Bad value for '${option}'`);

export default expectation<typeof scenario>({
  about: 'uid= and gid= set the owner of the root directory and are shown; a bad value is rejected with a message',
  commit: 'b08c8fc0411d',
  source: 'https://git.kernel.org/torvalds/c/b08c8fc0411d',
  versions: ['6.1'],
  behaviours: {
    'mount/owner': ['accepted'],
    'mount/owner-shown': ['accepted'],
    'mount/owner-last-wins': ['accepted.uid=1,uid=2', 'accepted.gid=1,gid=2'],
    'mount/owner-notation': ['accepted.uid=0x10', 'accepted.uid=010', 'accepted.gid=0x10', 'accepted.gid=010'],
    'mount/owner-bounds': ['accepted.uid=4294967294', 'refused.uid=4294967295', 'refused.uid=4294967296'],
    'mount/owner-refused': ['refused'],
    'mount/order-shown': ['accepted.gid=7,mode=0750,uid=5'],
  },
  outcome: {
    accepted: {
      '': owned('0:0', ''),
      'uid=65534,gid=65534': owned('65534:65534', 'uid=65534,gid=65534'),
      'uid=1000': owned('1000:0', 'uid=1000'),
      'gid=1000': owned('0:1000', 'gid=1000'),
      'uid=0': owned('0:0', ''),
      'gid=0': owned('0:0', ''),
      'uid=0x10': owned('16:0', 'uid=16'),
      'uid=010': owned('8:0', 'uid=8'),
      'gid=0x10': owned('0:16', 'gid=16'),
      'gid=010': owned('0:8', 'gid=8'),
      'uid=+5': owned('5:0', 'uid=5'),
      'uid=4294967294': owned('4294967294:0', 'uid=4294967294'),
      'gid=4294967294': owned('0:4294967294', 'gid=4294967294'),
      'uid=1,uid=2': owned('2:0', 'uid=2'),
      'gid=1,gid=2': owned('0:2', 'gid=2'),
      'gid=7,mode=0750,uid=5': owned('5:7', 'uid=5,gid=7,mode=750', '41750'),
    },
    refused: {
      'uid=4294967295': badValue('uid'),
      'gid=4294967295': badValue('gid'),
      'uid=4294967296': badValue('uid'),
      'gid=4294967296': badValue('gid'),
      'uid=-1': badValue('uid'),
      'gid=-1': badValue('gid'),
      'uid=abc': badValue('uid'),
      'gid=abc': badValue('gid'),
      'uid= 5': badValue('uid'),
      uid: badValue('uid'),
      gid: badValue('gid'),
      'uid=': badValue('uid'),
      'gid=': badValue('gid'),
    },
  },
});
