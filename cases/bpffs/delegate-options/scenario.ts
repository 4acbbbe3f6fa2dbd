import { scenario } from 'kconform';

export default scenario(async ({ guest }) => {
  const shown = async (data: string) => {
    const { errno } = await guest.root.mount('bpffs', '/mnt', 'bpf', 0, data);
    if (errno !== null) return errno;
    const options = (await guest.mountOptions('/mnt'))?.replace('rw,relatime', '').replace(/^,/, '') ?? null;
    await guest.root.umount('/mnt');
    return options;
  };
  return {
    any: await shown('delegate_cmds=any'),
    number: await shown('delegate_cmds=0x1'),
    decimal: await shown('delegate_cmds=33'),
    octal: await shown('delegate_cmds=041'),
    zero: await shown('delegate_cmds=0'),
    allBits: await shown('delegate_cmds=0xffffffffffffffff'),
    unknownBit: await shown('delegate_cmds=0x8000000000000001'),
    tooLarge: await shown('delegate_cmds=0x10000000000000000'),
    name: await shown('delegate_cmds=PROG_LOAD'),
    names: await shown('delegate_cmds=prog_load:MAP_CREATE'),
    maps: await shown('delegate_maps=ARRAY:hash'),
    progs: await shown('delegate_progs=kprobe'),
    attachs: await shown('delegate_attachs=XDP:cgroup_inet_ingress'),
    alias: await shown('delegate_cmds=prog_run'),
    accumulated: await shown('delegate_maps=0x1,delegate_maps=0x2'),
    order: await shown(
      'delegate_attachs=xdp,delegate_progs=xdp,delegate_maps=hash,delegate_cmds=prog_load,mode=0711,gid=6,uid=5',
    ),
    fullEnumerator: await shown('delegate_cmds=BPF_PROG_LOAD'),
    upperCaseAny: await shown('delegate_cmds=ANY'),
    unknownName: await shown('delegate_cmds=bogus'),
    oneUnknownName: await shown('delegate_cmds=prog_load:bogus'),
    emptyName: await shown('delegate_cmds=prog_load:'),
    wrongSeparator: await shown('delegate_cmds=prog_load|map_create'),
    negative: await shown('delegate_cmds=-1'),
    noValue: await shown('delegate_cmds'),
    empty: await shown('delegate_cmds='),
    numberThenName: await shown('delegate_cmds=0x1:prog_load'),
    nameThenNumber: await shown('delegate_cmds=prog_load:0x1'),
  };
});
