import { race, scenario, syscall } from 'kconform';

const ROUNDS = 20_000;
const LIMIT_MS = 60_000;

/**
 * A path walk under RCU reads the target of a symbolic link that another CPU takes away. KASAN tells when the target is freed
 * under the reader: with 53649846e043 undone (revert/inode-grace-period, profile kasan) in 6 of 10 runs, each in a guest of its own.
 */
export default scenario(async ({ guest }) => {
  await guest.$`mount -t bpf bpffs /mnt && mkdir /mnt/d`;
  const options = { repeat: ROUNDS, limitMs: LIMIT_MS };
  const [changed, walked] = await race(
    { process: await guest.spawn(), calls: [syscall('symlink', 'd', '/mnt/l'), syscall('unlink', '/mnt/l')], options },
    { process: await guest.spawn(), calls: [syscall('access', '/mnt/l/x', 0)], options },
  );
  return {
    changed: changed?.iterations ?? 0,
    failed: changed?.calls.map(({ failures }) => failures) ?? [],
    walked: walked?.iterations ?? 0,
    found: (walked?.iterations ?? 0) - (walked?.calls[0]?.failures ?? 0),
  };
});
