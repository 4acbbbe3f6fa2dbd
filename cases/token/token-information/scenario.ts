import { bpf, scenario } from 'kconform';
import { delegate } from '../delegation.ts';

export default scenario(async ({ guest }) => {
  const { child, token } = await delegate(guest, {
    cmds: '0x11',
    maps: '0x22',
    progs: '0x44',
    attachs: '0x8000000000000000',
  });
  const { attribute, info } = bpf.objInfo(token);
  const { calls, contents } = await child.batch([bpf.call(bpf.CMD.OBJ_GET_INFO_BY_FD, attribute)]);
  const mask = (index: number) =>
    `0x${
      contents
        .get(info)
        ?.readBigUInt64LE(index * 8)
        .toString(16) ?? ''
    }`;
  return {
    errno: calls[0]?.last.errno ?? null,
    cmds: mask(0),
    maps: mask(1),
    progs: mask(2),
    attachs: mask(3),
  };
});
