import {
  bpf,
  CAP,
  type Call,
  CLONE,
  capabilities,
  eachOf,
  type Fd,
  FSCONFIG,
  SUBORDINATE_IDS,
  scenario,
  syscall,
} from 'kconform';
import { allBut, forkWith } from '../namespaces.ts';

const OPTIONS = {
  cmds: 'delegate_cmds',
  maps: 'delegate_maps',
  progs: 'delegate_progs',
  attachs: 'delegate_attachs',
};

/** Each of the four options with this value. */
const setAll = (context: Fd | number, value: string) =>
  eachOf(OPTIONS, (option): Call => syscall('fsconfig', context, FSCONFIG.SET_STRING, option, value, 0));

export default scenario(async ({ guest }) => {
  const child = await guest.spawn({ userns: SUBORDINATE_IDS });
  const context = (await child.fsopen('bpf')).fdOrBad;
  const byChild = async (value: string) => child.errnos(setAll(context, value));
  const inUserns = {
    number: await byChild('0x1'),
    any: await byChild('any'),
    zero: await byChild('0'),
    unreadable: await byChild('bogus'),
  };
  const create = (await child.fsconfigCreate(context)).errno;
  const dead = (await child.fsconfigString(context, 'delegate_cmds', '0')).errno;
  const mount = (await child.mount('bpffs', '/mnt', 'bpf')).errno;

  const atRoot = (await guest.root.receive((await child.fsopen('bpf')).fdOrBad)).number;
  const byRootWith = async (kept: bigint) => (await forkWith(guest.root, kept)).errnos(setAll(atRoot, '0x1'));

  const own = await bpf.delegateBpffs(guest.root, child, { cmds: 'map_create', maps: 'stack' });
  const moved = (await child.moveMount(own.mount, '/mnt')).errno;
  const options = async () =>
    /^\S+ \/mnt bpf (\S+)/m.exec(await child.readFile('/proc/self/mounts'))?.[1] ?? 'not mounted';
  const shown = await options();
  const picked = (await child.fspick(own.mount)).fdOrBad;
  const afterMount = {
    any: await child.errnos(setAll(picked, 'any')),
    zero: await child.errnos(setAll(picked, '0')),
    mode: (await child.fsconfigString(picked, 'mode', '0700')).errno,
    reconfigure: (await child.fsconfigReconfigure(picked)).errno,
  };

  const withoutMountNamespace = await guest.spawn();
  await withoutMountNamespace.unshare(CLONE.NEWUSER);
  const user = await guest.spawn({ uid: 1000, gid: 1000 });
  return {
    inUserns,
    superblock: { create, dead, mount },
    byRoot: {
      onlyCapSysAdmin: await byRootWith(capabilities(CAP.SYS_ADMIN)),
      allButCapSysAdmin: await byRootWith(allBut(CAP.SYS_ADMIN)),
    },
    afterMount,
    mounts: { moved, shown, unchanged: (await options()) === shown },
    fsopen: {
      withoutMountNamespace: (await withoutMountNamespace.fsopen('bpf')).errno,
      user: (await user.fsopen('bpf')).errno,
    },
  };
});
