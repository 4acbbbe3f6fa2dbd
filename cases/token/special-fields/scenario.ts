import {
  BPF,
  BTF_INT,
  BTF_VALUE,
  bpfCall,
  btfLoad,
  CAP,
  type Descriptor,
  MAP_TYPE,
  mapCreate,
  scenario,
  structWithMember,
} from 'kconform';
import { delegate, EVERYTHING } from '../delegation.ts';
import { allBut, forkWith } from '../namespaces.ts';

const SIZE = 16;

export default scenario(async ({ guest }) => {
  // With the default, 2, who has no CAP_BPF may create nothing, and what is in a value does not matter.
  await guest.writeFile('/proc/sys/kernel/unprivileged_bpf_disabled', '0');
  const { child, token } = await delegate(guest, EVERYTHING);
  const described = async (name: string) =>
    (await child.bpf(BPF.BTF_LOAD, btfLoad(structWithMember(name, SIZE), token))).fdOrBad.number;
  const btf = {
    timer: await described('bpf_timer'),
    workqueue: await described('bpf_wq'),
    plain: await described('val2'),
  };
  const create = (fd: number, given?: Descriptor) =>
    bpfCall(
      BPF.MAP_CREATE,
      mapCreate({
        type: MAP_TYPE.HASH,
        valueSize: SIZE,
        btf: { fd, key: BTF_INT, value: BTF_VALUE },
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
