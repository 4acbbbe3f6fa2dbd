import { expectation } from 'kconform';
import type scenario from './scenario.ts';

const STICKY_DIRECTORY = 0o41777;
const rejected = (option: string) => ({ errno: 'EINVAL', message: `bpf: Bad value for '${option}'` }) as const;
const owned = (uid: number, gid: number, shown: string, mode = STICKY_DIRECTORY) => ({
  errno: null,
  options: `rw,relatime${shown}`,
  uid,
  gid,
  mode,
});

export default expectation<typeof scenario>({
  about: 'uid= and gid= own the root directory of a bpffs; a bad value is refused with a message',
  commit: 'b08c8fc0411d',
  source: 'https://git.kernel.org/torvalds/c/b08c8fc0411d',
  versions: ['6.8'],
  outcome: {
    none: owned(0, 0, ''),
    both: owned(65534, 65534, ',uid=65534,gid=65534'),
    onlyUid: owned(1000, 0, ',uid=1000'),
    onlyGid: owned(0, 1000, ',gid=1000'),
    zero: owned(0, 0, ''),
    hexadecimal: owned(16, 0, ',uid=16'),
    octal: owned(8, 0, ',uid=8'),
    largest: owned(4294967294, 0, ',uid=4294967294'),
    lastWins: owned(2, 0, ',uid=2'),
    withMode: owned(5, 7, ',uid=5,gid=7,mode=750', 0o41750),
    upperCase: owned(0, 0, ''),
    invalidId: rejected('uid'),
    tooLarge: rejected('uid'),
    negative: rejected('uid'),
    noNumber: rejected('gid'),
    noValue: rejected('uid'),
    empty: rejected('gid'),
  },
});
