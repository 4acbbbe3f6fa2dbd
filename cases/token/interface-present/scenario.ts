import { bpf, eachOf, type GuestBuffer, scenario } from 'kconform';
import { BTF, CLOSED, FLAGS_AT, STACK, withField, XDP } from '../objects.ts';

const OPTIONS =
  'uid=5,gid=6,delegate_cmds=any,delegate_maps=any,delegate_progs=any,delegate_attachs=any,delegate_nothing=any';

const hooks = {
  create: 'bpf_lsm_bpf_token_create',
  free: 'bpf_lsm_bpf_token_free',
  command: 'bpf_lsm_bpf_token_cmd',
  capability: 'bpf_lsm_bpf_token_capable',
};

export default scenario(async ({ guest }) => {
  const { root } = guest;
  const has = async (name: string) => {
    try {
      return (await bpf.kernelBtfId(root, name, bpf.BTF_KIND.FUNC)) > 0;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'KC_NO_BTF_TYPE') return false;
      throw error;
    }
  };
  const mount = (await root.mount('bpffs', '/mnt', 'bpf', 0, OPTIONS)).errno;
  const shown = (await guest.mountOptions('/mnt'))?.split(',') ?? [];
  const shows = (option: string) => shown.includes(option);
  const directory = (await root.open('/mnt')).value;
  // The flag alone, in attributes as long as ever: where it is known, it asks for descriptor 0.
  const withoutZero = await root.fork();
  await withoutZero.close(0);
  const flagged = (attribute: GuestBuffer, at: number) => withField(attribute, at, bpf.F.TOKEN_FD);
  return {
    mount,
    owner: { uid: shows('uid=5'), gid: shows('gid=6') },
    delegation: eachOf({ cmds: 0, maps: 0, progs: 0, attachs: 0, nothing: 0 }, (_, what) =>
      shows(`delegate_${what}=any`),
    ),
    command: await root.errnos({
      create: bpf.call(bpf.CMD.TOKEN_CREATE, bpf.tokenCreate(directory)),
      createOfClosed: bpf.call(bpf.CMD.TOKEN_CREATE, bpf.tokenCreate(CLOSED)),
    }),
    closedToken: await root.errnos({
      map: bpf.call(bpf.CMD.MAP_CREATE, bpf.mapCreate({ ...STACK, token: CLOSED })),
      program: bpf.call(bpf.CMD.PROG_LOAD, bpf.progLoad({ ...XDP, token: CLOSED })),
      btf: bpf.call(bpf.CMD.BTF_LOAD, bpf.btfLoad(BTF, CLOSED)),
    }),
    flagAlone: await withoutZero.errnos({
      map: bpf.call(bpf.CMD.MAP_CREATE, flagged(bpf.mapCreate(STACK), FLAGS_AT.map)),
      program: bpf.call(bpf.CMD.PROG_LOAD, flagged(bpf.progLoad(XDP), FLAGS_AT.program)),
      btf: bpf.call(bpf.CMD.BTF_LOAD, flagged(bpf.btfLoad(BTF), FLAGS_AT.btf)),
    }),
    hooks: {
      create: await has(hooks.create),
      free: await has(hooks.free),
      command: await has(hooks.command),
      capability: await has(hooks.capability),
      aboutMaps: await has('bpf_lsm_bpf_map'), // as old as the attaching of programs to hooks
    },
  };
});
