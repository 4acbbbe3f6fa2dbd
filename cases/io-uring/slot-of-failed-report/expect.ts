import { expectation } from 'kconform';

export default expectation({
  about: 'a request that puts a file into a slot, and cannot report which, takes back no other file',
  versions: ['5.19'],
  needs: { config: ['IO_URING', 'USERFAULTFD'] },
  outcome: {
    // why: EFAULT: the slot could not be reported
    request: -14,
    // why: the other file is still in the slot, and has a byte
    readOther: 1,
    // why: 2 is a failure of the set-up
    exitCode: 0,
    signal: null,
    output: '',
  },
  knownBugs: [
    {
      title:
        'the lock is not held while the slot is reported: it may have another file by then, which is closed (EBADF)',
      fix: 'io_uring/rsrc: hold uring_lock across index-alloc put_user',
      fixedIn: ['6.12.118'],
      instead: { readOther: -9 },
    },
  ],
});
