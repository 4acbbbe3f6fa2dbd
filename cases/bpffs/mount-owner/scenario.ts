import { scenario } from 'kconform';

export default scenario(async ({ guest }) => {
  const mounted = async (data: string | null) => {
    const { errno } = await guest.root.mount('bpffs', '/mnt', 'bpf', 0, data);
    if (errno !== null) return { errno, options: null, uid: null, gid: null, mode: null };
    const { uid, gid, mode } = await guest.stat('/mnt');
    const options = await guest.mountOptions('/mnt');
    await guest.root.umount('/mnt');
    return { errno, options, uid, gid, mode };
  };
  const rejected = async (data: string) => {
    const before = (await guest.kernelLog()).length;
    const { errno } = await mounted(data);
    return { errno, message: (await guest.kernelLog()).slice(before).join('\n') };
  };
  return {
    none: await mounted(null),
    both: await mounted('uid=65534,gid=65534'),
    onlyUid: await mounted('uid=1000'),
    onlyGid: await mounted('gid=1000'),
    zero: await mounted('uid=0'),
    hexadecimal: await mounted('uid=0x10'),
    octal: await mounted('uid=010'),
    largest: await mounted('uid=4294967294'),
    lastWins: await mounted('uid=1,uid=2'),
    withMode: await mounted('mode=0750,gid=7,uid=5'),
    upperCase: await mounted('UID=5'),
    invalidId: await rejected('uid=4294967295'),
    tooLarge: await rejected('uid=4294967296'),
    negative: await rejected('uid=-1'),
    noNumber: await rejected('gid=abc'),
    noValue: await rejected('uid'),
    empty: await rejected('gid='),
  };
});
