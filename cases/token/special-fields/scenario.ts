import { bpf, CAP, type Descriptor, scenario } from 'kconform';
import { delegate, EVERYTHING } from '../delegation.ts';
import { allBut, forkWith } from '../namespaces.ts';

const SIZE = 16;

export default scenario(async ({ guest }) => {
  // With the default, 2, who has no CAP_BPF may create nothing, and what is in a value does not matter.
  await guest.writeFile('/proc/sys/kernel/unprivileged_bpf_disabled', '0');
  const { child, token } = await delegate(guest, EVERYTHING);
  const described = async (name: string) =>
    (await child.bpf(bpf.CMD.BTF_LOAD, bpf.btfLoad(bpf.structWithMember(name, SIZE), token))).fdOrBad.number;
  const btf = {
    timer: await described('bpf_timer'),
    workqueue: await described('bpf_wq'),
    plain: await described('val2'),
  };
  const create = (fd: number, given?: Descriptor) =>
    bpf.call(
      bpf.CMD.MAP_CREATE,
      bpf.mapCreate({
        type: bpf.MAP_TYPE.HASH,
        valueSize: SIZE,
        btf: { fd, key: bpf.BTF_INT, value: bpf.BTF_VALUE },
        ...(given === undefined ? {} : { token: given }),
      }),
    );
  const withoutCapBpf = await forkWith(child, allBut(CAP.BPF, CAP.SYS_ADMIN));
  const calls = (given?: number) => ({
    timer: create(btf.timer, given),
    workqueue: create(btf.workqueue, given),
    plain: create(btf.plain, given),
  });
  return {
    withToken: await child.errnos(calls(token.number)),
    withoutToken: await child.errnos(calls()),
    withoutCapBpf: await withoutCapBpf.errnos(calls(token.number)),
  };
});
