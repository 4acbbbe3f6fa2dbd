import { keys, scenario, syscall } from 'kconform';

const { KEYCTL, KEY_SPEC } = keys;
const MYSELF = -1;

export default scenario(async ({ guest }) => {
  await using user = await guest.spawn({ uid: 1000, gid: 1000 });
  const { calls } = await user.batch([
    keys.keyctl(KEYCTL.JOIN_SESSION_KEYRING, null),
    keys.addKey('keyring', 'closed', null, KEY_SPEC.SESSION_KEYRING),
  ]);
  const closed = calls[1]?.last.value ?? 0;
  const errnos = await user.errnos({
    // A keyring that takes no more links.
    restrict: syscall('keyctl', KEYCTL.RESTRICT_KEYRING, closed, null, null),
    persistent: keys.keyctl(KEYCTL.GET_PERSISTENT, MYSELF, closed),
  });
  const all = (await user.readFile('/proc/keys')).split('\n');
  const line = all.find((text) => text.includes('_persistent.1000'));
  return { ...errnos, created: line !== undefined, expires: line?.trim().split(/\s+/)[3] !== 'perm' };
});
