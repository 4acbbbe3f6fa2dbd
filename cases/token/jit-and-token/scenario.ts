import { bpf, eachOf, type Fd, instruction, scenario } from 'kconform';
import { delegate, EVERYTHING } from '../delegation.ts';

const JITED_LENGTH_IN_INFO = 16;

export default scenario(async ({ guest }) => {
  const { root } = guest;
  await guest.writeFile('/proc/sys/kernel/unprivileged_bpf_disabled', '0');
  const { child, token } = await delegate(guest, EVERYTHING);
  const filter = (name: string) => ({
    type: bpf.PROG_TYPE.SOCKET_FILTER,
    name,
    instructions: instruction.sequence(instruction.move(0, 1), instruction.exit()),
  });
  const loadAll = async () => ({
    withToken: (await child.bpf(bpf.CMD.PROG_LOAD, bpf.progLoad({ ...filter('with_token'), token }))).fdOrBad,
    withoutToken: (await child.bpf(bpf.CMD.PROG_LOAD, bpf.progLoad(filter('without_token')))).fd,
    initialRoot: (await root.bpf(bpf.CMD.PROG_LOAD, bpf.progLoad(filter('of_root')))).fd,
  });
  const lengthOf = async (program: Fd) => {
    const { attribute, info } = bpf.objInfo(program.owner === root ? program : await root.receive(program));
    const { contents } = await root.batch([bpf.call(bpf.CMD.OBJ_GET_INFO_BY_FD, attribute)]);
    return contents.get(info)?.readUInt32LE(JITED_LENGTH_IN_INFO) ?? 0;
  };

  await guest.writeFile('/proc/sys/net/core/bpf_jit_harden', '0');
  await guest.writeFile('/proc/sys/net/core/bpf_jit_kallsyms', '1');
  const plain = await loadAll();
  // The symbols of programs are the last.
  const { stdout: symbols } = await guest.$`tail -n 5 /proc/kallsyms`;
  const plainLength = await lengthOf(plain.initialRoot);

  await guest.writeFile('/proc/sys/net/core/bpf_jit_harden', '1');
  const hardened = await loadAll();
  return {
    listed: eachOf({ withToken: 'with_token', withoutToken: 'without_token', initialRoot: 'of_root' }, (name) =>
      symbols.includes(`_${name}\t`),
    ),
    compiled: plainLength > 0,
    constantsHidden: {
      withToken: (await lengthOf(hardened.withToken)) > plainLength,
      withoutToken: (await lengthOf(hardened.withoutToken)) > plainLength,
      initialRoot: (await lengthOf(hardened.initialRoot)) > plainLength,
    },
  };
});
