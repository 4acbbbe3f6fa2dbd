import { futex, GuestBuffer, scenario } from 'kconform';

export default scenario(async ({ guest }) => {
  const from = new GuestBuffer(Buffer.alloc(4));
  const to = new GuestBuffer(Buffer.alloc(4));
  const shared = futex.FUTEX2.SIZE_U32;
  const own = shared | futex.FUTEX2.PRIVATE;
  return guest.root.errnos({
    bothShared: futex.requeue({ word: from, flags: shared }, { word: to, flags: shared }, 0, 0),
    bothPrivate: futex.requeue({ word: from, flags: own }, { word: to, flags: own }, 0, 0),
    differing: futex.requeue({ word: from, flags: own }, { word: to, flags: shared }, 0, 0),
  });
});
