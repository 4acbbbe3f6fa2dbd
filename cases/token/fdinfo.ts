import type { Fd, GuestProcess } from 'kconform';

/** The text of /proc/self/fdinfo of a descriptor; nothing of one that there is not. */
export async function fdinfoText(process: GuestProcess, fd: Fd): Promise<string> {
  return fd.number < 0 ? '' : process.readFile(`/proc/self/fdinfo/${fd.number}`);
}

/** The fields of /proc/self/fdinfo of a descriptor: `allowed_cmds` → `0x40021`, in the order of its lines. */
export async function fdinfo(process: GuestProcess, fd: Fd): Promise<Map<string, string>> {
  const text = await fdinfoText(process, fd);
  return new Map([...text.matchAll(/^(\w+):\t(.*)$/gm)].map(([, key = '', value = '']) => [key, value]));
}

/** What a token says that it allows, as its fdinfo puts it. */
export async function allowedBy(process: GuestProcess, token: Fd) {
  const found = await fdinfo(process, token);
  const allowed = (what: string) => found.get(`allowed_${what}`) ?? 'not told';
  return { cmds: allowed('cmds'), maps: allowed('maps'), progs: allowed('progs'), attachs: allowed('attachs') };
}
